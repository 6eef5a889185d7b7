"""The whole surface of chatapp: every route, socket handler and function. What they do is in `chalicelib`."""

from __future__ import annotations

import os
from functools import partial
from typing import TYPE_CHECKING, Any

from chalice.app import CloudWatchEvent, CognitoUserPoolAuthorizer, Cron, Rate, S3Event, WebsocketEvent
from chalicelib import functions, lazy, logs, services, sessions
from chalicelib.api import conversations, ending, files, messages, models, service, sockets
from chalicelib.api.rest import ALLOWED_HEADERS, EXPOSED_HEADERS, ChatApp, Cors
from chalicelib.api.schemas.conversations import (
    Conversation,
    ConversationChange,
    Conversations,
    ConversationsQuery,
    Deleted,
    NewConversation,
    NewConversationReply,
)
from chalicelib.api.schemas.files import (
    ConversationFiles,
    FileChange,
    FileContent,
    FileDeleted,
    FileDetail,
    FilePage,
    Files,
    FilesQuery,
    NewFile,
    NewFileReply,
    PageQuery,
)
from chalicelib.api.schemas.frames import Frames, FramesQuery
from chalicelib.api.schemas.messages import Chat, ChatReply, Message, Messages, NewMessage, Retry, Turn
from chalicelib.api.schemas.models import Models
from chalicelib.api.schemas.service import EndedSessions, Health, HealthQuery, SessionsEnd, Ticket, Woken
from chalicelib.api.schemas.texts import ListQuery, Nothing
from chalicelib.conversations import changes as conversation_changes
from chalicelib.files import attachments
from chalicelib.push import connections
from chalicelib.settings import Settings
from chalicelib.shapes import File
from chalicelib.spending import rates
from chalicelib.turns import reading, retrying, sending, stopping, waking
from chalicelib.twin import tokens

if TYPE_CHECKING:
    from chalicelib.api import comments, drafts, insights, integrations, moderation, people, sources, status, twins
    from chalicelib.api.schemas import comments as of_comments
    from chalicelib.api.schemas import drafts as of_drafts
    from chalicelib.api.schemas import insights as of_insights
    from chalicelib.api.schemas import integrations as of_integrations
    from chalicelib.api.schemas import people as of_people
    from chalicelib.api.schemas import sources as of_sources
    from chalicelib.api.schemas import status as of_status
    from chalicelib.api.schemas import twins as of_twins
else:
    # What a chat does without: imported when the first of its routes is asked for.
    _APART = ("comments", "drafts", "insights", "integrations", "moderation", "people", "sources", "status", "twins")
    comments, drafts, insights, integrations, moderation, people, sources, status, twins = (
        lazy.module(f"chalicelib.api.{name}") for name in _APART
    )
    of_comments, of_drafts, of_insights, of_integrations, of_people, of_sources, of_status, of_twins = (
        lazy.module(f"chalicelib.api.schemas.{name}") for name in _APART if name != "moderation"
    )

settings = Settings.read(os.environ)

app = ChatApp(
    app_name="chatapp",
    admit=lambda session, anew: sessions.admit(api(), session, anew=anew),
    meter=lambda what, caller, own: rates.take(api(), what, caller, own=own),
    visit_of=lambda handle, token, expired: (tokens.signed if expired else tokens.read)(
        api().visit_key.value(), handle, token
    ),
    origins=(settings.site_origin, *settings.twin_origins),
    stage=settings.stage,
)
app.experimental_feature_flags.update(["WEBSOCKETS"])

users = CognitoUserPoolAuthorizer("users", provider_arns=[settings.user_pool_arn])
cors = Cors(
    allow_origin=settings.site_origin,
    allow_headers=ALLOWED_HEADERS,
    expose_headers=EXPOSED_HEADERS,
    max_age=7200,
)
public: dict[str, Any] = {"cors": cors}
signed_in: dict[str, Any] = {"cors": cors, "authorizer": users}
with_a_key: dict[str, Any] = {"cors": cors, "api_key_required": True}
# What any page may show, of whatever origin.
on_any_page: dict[str, Any] = {"cors": cors, "shared_s": 10}

# What visitors of a twin ask for, from any page that it may stand on; what else a page may do is told by its origin.
anywhere = Cors(allow_origin="*", allow_headers=ALLOWED_HEADERS, expose_headers=EXPOSED_HEADERS, max_age=7200)
visitors: dict[str, Any] = {"cors": anywhere, "visitors": "anyone"}
visiting: dict[str, Any] = {"cors": anywhere, "visitors": "with a visit"}
# What is kept of a visit stays its visitor's when it is over.
having_visited: dict[str, Any] = {"cors": anywhere, "visitors": "with any visit"}

# The function that this process serves is built while it starts, when Lambda lends a whole CPU. What one function alone
# needs is imported then, and in that function's body here, so that the others start without it.
services.warm(os.environ.get("AWS_LAMBDA_FUNCTION_NAME", ""))


def api() -> services.Services:
    return services.of(functions.API)


@app.route("/health", methods=["GET"], **public)
def health(query: HealthQuery) -> Health:
    return service.health(api, settings.stage, query)


@app.route("/models", methods=["GET"], **signed_in)
def list_models() -> Models:
    return models.models(settings)


@app.route("/conversations", methods=["POST"], statuses=(201,), metered="sends", **signed_in)
def create_conversation(body: NewConversation) -> NewConversationReply:
    return conversations.create_conversation(api(), app.user.subject, body)


@app.route("/conversations", methods=["GET"], **signed_in)
def list_conversations(query: ConversationsQuery) -> Conversations:
    return conversations.list_conversations(api(), app.user.subject, query)


@app.route("/conversations/{conversation_id}", methods=["GET"], **signed_in)
def get_conversation(conversation_id: str) -> Conversation:
    return conversations.conversation(settings, reading.conversation(api(), app.user.subject, conversation_id))


@app.route("/conversations/{conversation_id}", methods=["PATCH"], **signed_in)
def change_conversation(conversation_id: str, body: ConversationChange) -> Conversation:
    return conversations.change_conversation(api(), app.user.subject, conversation_id, body)


@app.route("/conversations/{conversation_id}", methods=["DELETE"], **signed_in)
def delete_conversation(conversation_id: str) -> Deleted:
    return conversations.deleted(conversation_id, conversation_changes.delete(api(), app.user.subject, conversation_id))


@app.route("/conversations/{conversation_id}/messages", methods=["GET"], **signed_in)
def list_messages(conversation_id: str, query: ListQuery) -> Messages:
    return messages.list_messages(api(), app.user.subject, conversation_id, query)


@app.route(
    "/conversations/{conversation_id}/messages",
    methods=["POST"],
    statuses=(202,),
    metered="sends",
    **signed_in,
)
def send_message(conversation_id: str, body: NewMessage) -> Turn:
    return messages.turn(sending.send(api(), app.user.subject, conversation_id, messages.as_sending(settings, body)))


@app.route(
    "/conversations/{conversation_id}/messages/{message_id}/stop",
    methods=["POST"],
    statuses=(202,),
    **signed_in,
)
def stop_answer(conversation_id: str, message_id: str, body: Nothing = Nothing()) -> Message:  # noqa: B008
    return messages.message(stopping.stop(api(), app.user.subject, conversation_id, message_id))


@app.route(
    "/conversations/{conversation_id}/messages/{message_id}/retry",
    methods=["POST"],
    statuses=(202,),
    metered="sends",
    **signed_in,
)
def retry_answer(conversation_id: str, message_id: str, body: Retry = Retry()) -> Turn:  # noqa: B008
    model = models.offered(settings, body.model)
    return messages.turn(retrying.retry(api(), app.user.subject, conversation_id, message_id, model))


@app.route("/conversations/{conversation_id}/messages/{message_id}/frames", methods=["GET"], **signed_in)
def read_frames(conversation_id: str, message_id: str, query: FramesQuery) -> Frames:
    return messages.read_frames(api(), app.user.subject, conversation_id, message_id, query)


@app.route("/conversations/{conversation_id}/files", methods=["GET"], **signed_in)
def list_conversation_files(conversation_id: str) -> ConversationFiles:
    return files.of_conversation(api(), app.user.subject, conversation_id)


@app.route("/conversations/{conversation_id}/files/{file_id}", methods=["PUT"], **signed_in)
def restore_conversation_file(conversation_id: str, file_id: str) -> Conversation:
    return conversations.conversation(settings, attachments.restore(api(), app.user.subject, conversation_id, file_id))


@app.route("/conversations/{conversation_id}/files/{file_id}", methods=["DELETE"], **signed_in)
def remove_conversation_file(conversation_id: str, file_id: str) -> Conversation:
    return conversations.conversation(settings, attachments.remove(api(), app.user.subject, conversation_id, file_id))


@app.route("/files", methods=["POST"], statuses=(201,), metered="uploads", **signed_in)
def create_file(body: NewFile) -> NewFileReply:
    return files.create(api(), app.user.subject, body)


@app.route("/files", methods=["GET"], **signed_in)
def list_files(query: FilesQuery) -> Files:
    return files.page_of_list(api(), app.user.subject, query)


@app.route("/files/{file_id}", methods=["GET"], **signed_in)
def get_file(file_id: str) -> FileDetail:
    return files.detail(api(), app.user.subject, file_id)


@app.route("/files/{file_id}", methods=["PATCH"], **signed_in)
def change_file(file_id: str, body: FileChange) -> File:
    return files.change(api(), app.user.subject, file_id, body)


@app.route("/files/{file_id}", methods=["DELETE"], **signed_in)
def delete_file(file_id: str) -> FileDeleted:
    return files.delete(api(), app.user.subject, file_id)


@app.route("/files/{file_id}/reading", methods=["POST"], metered="uploads", **signed_in)
def read_file_again(file_id: str, body: Nothing = Nothing()) -> File:  # noqa: B008
    return files.read_again(api(), app.user.subject, file_id)


@app.route("/files/{file_id}/pages/{number}", methods=["GET"], **signed_in)
def read_file_page(file_id: str, number: str, query: PageQuery) -> FilePage:
    return files.page(api(), app.user.subject, file_id, number, query)


@app.route("/files/{file_id}/content", methods=["GET"], **signed_in)
def download_file(file_id: str) -> FileContent:
    return files.content(api(), app.user.subject, file_id)


@app.route("/chat", methods=["POST"], statuses=(200, 202), metered="sends", **signed_in)
def chat(body: Chat) -> tuple[ChatReply, int]:
    return messages.chat(api(), app.user.subject, body)


@app.route("/wake", methods=["POST"], metered="sockets", **signed_in)
def wake(body: Nothing = Nothing()) -> Woken:  # noqa: B008
    return service.wake(api(), app.user.subject)


@app.route("/sockets", methods=["POST"], metered="sockets", **signed_in)
def open_socket(body: Nothing = Nothing()) -> Ticket:  # noqa: B008
    return service.ticket(api(), app.user.session, app.user.expires_at)


@app.route("/sessions/end", methods=["POST"], **signed_in)
def end_session(body: SessionsEnd = SessionsEnd()) -> EndedSessions:  # noqa: B008
    return ending.end(api(), app.user.session, body)


@app.route("/commentaires", methods=["GET"], **on_any_page)
def list_comments(query: of_comments.CommentsQuery) -> of_comments.Comments:
    return comments.page(api(), query)


@app.route("/commentaires", methods=["POST"], statuses=(201,), metered="comments", **signed_in)
def create_comment(body: of_comments.NewComment) -> of_comments.MyComment:
    return comments.create(api(), app.user, body)


@app.route("/commentaires/counts", methods=["GET"], **on_any_page)
def count_comments(query: of_comments.CountsQuery) -> of_comments.Counts:
    return comments.counts(api(), query)


@app.route("/commentaires/mine", methods=["GET"], **signed_in)
def list_own_comments(query: of_comments.OwnCommentsQuery) -> of_comments.MyComments:
    return comments.mine(api(), app.user, query)


@app.route("/commentaires/{comment_id}", methods=["PATCH"], metered="comments", **signed_in)
def change_comment(comment_id: str, body: of_comments.CommentChange) -> of_comments.MyComment:
    return comments.change(api(), app.user, comment_id, body)


@app.route("/commentaires/{comment_id}", methods=["DELETE"], **signed_in)
def delete_comment(comment_id: str) -> of_comments.CommentDeleted:
    return comments.delete(api(), app.user, comment_id)


@app.route("/commentaires/{comment_id}/restoration", methods=["POST"], metered="comments", **signed_in)
def restore_comment(comment_id: str, body: Nothing = Nothing()) -> of_comments.MyComment:  # noqa: B008
    return comments.restore(api(), app.user, comment_id)


@app.route("/commentaires/{comment_id}/report", methods=["POST"], metered="comments", **signed_in)
def report_comment(comment_id: str, body: Nothing = Nothing()) -> of_comments.Reported:  # noqa: B008
    return comments.report(api(), app.user, comment_id)


@app.route("/sections", methods=["GET"], **signed_in)
def list_sections() -> of_comments.Sections:
    return comments.list_sections(api())


@app.route("/sections/{section_id}", methods=["GET"], **on_any_page)
def get_section(section_id: str) -> of_comments.Section:
    return comments.section(api(), section_id)


@app.route("/sections/{section_id}", methods=["PUT"], **signed_in)
def put_section(section_id: str, body: of_comments.SectionChange) -> of_comments.Section:
    return comments.put_section(api(), section_id, body)


@app.route("/moderation/commentaires", methods=["GET"], **signed_in)
def list_moderated_comments(query: of_comments.ModerationQuery) -> of_comments.ModeratedComments:
    return moderation.queue(api(), query)


@app.route("/moderation/commentaires/{comment_id}", methods=["POST"], **signed_in)
def moderate_comment(comment_id: str, body: of_comments.Moderation) -> of_comments.ModeratedComment:
    return moderation.act(api(), comment_id, body)


@app.route("/moderation/bans/{user_id}", methods=["PUT"], **signed_in)
def ban_writer(user_id: str) -> of_comments.Ban:
    return moderation.ban(api(), app.user, user_id)


@app.route("/moderation/bans/{user_id}", methods=["DELETE"], **signed_in)
def lift_ban(user_id: str) -> of_comments.Ban:
    return moderation.lift_ban(api(), user_id)


@app.route("/integrations/commentaires", methods=["POST"], statuses=(201,), **with_a_key)
def create_comment_by_key(body: of_integrations.ScriptComment) -> of_comments.MyComment:
    return integrations.create_comment(api(), app, body)


@app.route("/me", methods=["GET"], **signed_in)
def get_me() -> of_people.Me:
    return people.me(api(), app.user)


@app.route("/me", methods=["PATCH"], metered="comments", **signed_in)
def change_me(body: of_people.MeChange) -> of_people.Me:
    return people.change_me(api(), app.user, body)


@app.route("/signups", methods=["POST"], statuses=(202,), metered="signups", **public)
def sign_up(body: of_people.Signup) -> of_people.SignedUp:
    return people.sign_up(api(), body)


@app.route("/people", methods=["GET"], **signed_in)
def list_people(query: of_people.PeopleQuery) -> of_people.People:
    return people.list_people(api(), app.user, query)


@app.route("/people", methods=["POST"], statuses=(201,), **signed_in)
def invite_person(body: of_people.Invitation) -> of_people.Person:
    return people.invite(api(), app.user, body)


@app.route("/people/{user_id}", methods=["GET"], **signed_in)
def get_person(user_id: str) -> of_people.Person:
    return people.get(api(), app.user, user_id)


@app.route("/people/{user_id}", methods=["PATCH"], **signed_in)
def change_person(user_id: str, body: of_people.PersonChange) -> of_people.Person:
    return people.change(api(), app.user, user_id, body)


@app.route("/people/{user_id}", methods=["DELETE"], **signed_in)
def delete_person(user_id: str, body: of_people.PersonDeletion) -> of_people.PersonDeleted:
    return people.delete(api(), app.user, user_id, body)


@app.route("/people/{user_id}/invitation", methods=["POST"], **signed_in)
def invite_person_again(user_id: str, body: Nothing = Nothing()) -> of_people.InvitationSent:  # noqa: B008
    return people.invite_again(api(), user_id)


@app.route("/twins/{handle}", methods=["GET"], shared_s=10, **visitors)
def get_twin(handle: str) -> of_twins.Profile:
    return twins.profile(api(), handle)


@app.route("/twins/{handle}/visits", methods=["POST"], statuses=(201,), metered="visits", **visitors)
def begin_visit(handle: str, body: of_twins.NewVisit) -> of_twins.Visit:
    return twins.begin_visit(api(), handle, body)


@app.route("/twins/{handle}/messages", methods=["GET"], **visiting)
def list_visit_messages(handle: str, query: ListQuery) -> Messages:
    return twins.list_messages(api(), app.visit, query)


@app.route("/twins/{handle}/messages", methods=["POST"], statuses=(202,), metered="sends", **visiting)
def ask_twin(handle: str, body: of_twins.NewQuestion) -> Turn:
    return twins.ask(api(), app.visit, body)


@app.route("/twins/{handle}/messages/{message_id}/stop", methods=["POST"], statuses=(202,), **visiting)
def stop_twin(handle: str, message_id: str, body: Nothing = Nothing()) -> Message:  # noqa: B008
    return twins.stop(api(), app.visit, message_id)


@app.route(
    "/twins/{handle}/messages/{message_id}/retry", methods=["POST"], statuses=(202,), metered="sends", **visiting
)
def retry_twin(handle: str, message_id: str, body: Nothing = Nothing()) -> Turn:  # noqa: B008
    return twins.retry(api(), app.visit, message_id)


@app.route("/twins/{handle}/messages/{message_id}/frames", methods=["GET"], **visiting)
def read_twin_frames(handle: str, message_id: str, query: FramesQuery) -> Frames:
    return twins.read_frames(api(), app.visit, message_id, query)


@app.route("/twins/{handle}/messages/{message_id}/rating", methods=["PUT"], **visiting)
def rate_twin(handle: str, message_id: str, body: of_twins.Rating) -> of_twins.Rated:
    return twins.rate(api(), app.visit, message_id, body)


@app.route("/twins/{handle}/sockets", methods=["POST"], metered="sockets", **visiting)
def open_visit_socket(handle: str, body: Nothing = Nothing()) -> Ticket:  # noqa: B008
    return twins.ticket(api(), app.visit)


@app.route("/twins/{handle}/visit", methods=["GET"], **having_visited)
def export_visit(handle: str) -> of_twins.VisitExport:
    return twins.export(api(), app.visit)


@app.route("/twins/{handle}/visit", methods=["DELETE"], **having_visited)
def erase_visit(handle: str) -> of_twins.VisitErased:
    return twins.erase(api(), app.visit)


@app.route("/drafts", methods=["GET"], **signed_in)
def list_drafts() -> of_drafts.Twins:
    return drafts.everything(api())


@app.route("/drafts/{handle}", methods=["PUT"], statuses=(200, 201), **signed_in)
def create_draft(handle: str, body: Nothing = Nothing()) -> tuple[of_drafts.Draft, int]:  # noqa: B008
    return drafts.create(api(), app.user, handle)


@app.route("/drafts/{handle}", methods=["GET"], **signed_in)
def get_draft(handle: str) -> of_drafts.Draft:
    return drafts.get(api(), handle)


@app.route("/drafts/{handle}", methods=["PATCH"], **signed_in)
def change_draft(handle: str, body: of_drafts.DraftChange) -> of_drafts.Draft:
    return drafts.change(api(), handle, body)


@app.route("/drafts/{handle}", methods=["DELETE"], **signed_in)
def delete_twin(handle: str, body: of_drafts.TwinDeletion) -> of_drafts.TwinDeleted:
    return drafts.delete(api(), handle, body)


@app.route("/drafts/{handle}/photo", methods=["PUT"], **signed_in)
def put_photo(handle: str, body: of_drafts.NewPhoto) -> of_drafts.ChangedPhoto:
    return drafts.put_photo(api(), handle, body)


@app.route("/drafts/{handle}/photo", methods=["DELETE"], **signed_in)
def remove_photo(handle: str) -> of_drafts.ChangedPhoto:
    return drafts.remove_photo(api(), handle)


@app.route("/drafts/{handle}/entries", methods=["POST"], statuses=(201,), **signed_in)
def add_entry(handle: str, body: of_drafts.NewEntry) -> of_drafts.ChangedEntry:
    return drafts.add_entry(api(), handle, body)


@app.route("/drafts/{handle}/entries/{entry_id}", methods=["PATCH"], **signed_in)
def change_entry(handle: str, entry_id: str, body: of_drafts.EntryChange) -> of_drafts.ChangedEntry:
    return drafts.change_entry(api(), handle, entry_id, body)


@app.route("/drafts/{handle}/entries/{entry_id}", methods=["DELETE"], **signed_in)
def delete_entry(handle: str, entry_id: str) -> of_drafts.EntryDeleted:
    return drafts.delete_entry(api(), handle, entry_id)


@app.route("/drafts/{handle}/entries/{entry_id}/restoration", methods=["POST"], **signed_in)
def restore_entry(handle: str, entry_id: str, body: Nothing = Nothing()) -> of_drafts.ChangedEntry:  # noqa: B008
    return drafts.restore_entry(api(), handle, entry_id)


@app.route("/drafts/{handle}/sources", methods=["POST"], statuses=(201, 202), **signed_in)
def add_source(handle: str, body: of_sources.NewSource) -> tuple[of_drafts.Source, int]:
    return sources.add(api(), app.user, handle, body)


@app.route("/drafts/{handle}/sources/{source_id}", methods=["DELETE"], **signed_in)
def delete_source(handle: str, source_id: str) -> of_sources.SourceDeleted:
    return sources.remove(api(), handle, source_id)


@app.route("/drafts/{handle}/conflicts/{conflict_id}", methods=["POST"], **signed_in)
def settle_conflict(handle: str, conflict_id: str, body: of_sources.Decision) -> of_drafts.Draft:
    return sources.decide(api(), handle, conflict_id, body)


@app.route("/drafts/{handle}/questions", methods=["POST"], statuses=(202,), **signed_in)
def suggest_questions(handle: str, body: of_sources.QuestionsRequest) -> of_sources.QuestionsAsked:
    return sources.suggest(api(), app.user, handle, body)


@app.route("/drafts/{handle}/preview", methods=["POST"], statuses=(201,), **signed_in)
def preview_twin(handle: str, body: Nothing = Nothing()) -> of_twins.Preview:  # noqa: B008
    return twins.preview(api(), app.user, handle)


@app.route("/drafts/{handle}/publications", methods=["POST"], statuses=(201,), **signed_in)
def publish_twin(handle: str, body: of_drafts.Publication) -> of_drafts.PublicationReply:
    return drafts.publish(api(), app.user, handle, body)


@app.route("/drafts/{handle}/versions/{version}/publication", methods=["POST"], statuses=(201,), **signed_in)
def publish_version(handle: str, version: str, body: Nothing = Nothing()) -> of_drafts.PublicationReply:  # noqa: B008
    return drafts.publish_again(api(), app.user, handle, version)


@app.route("/insights/{handle}", methods=["GET"], **signed_in)
def get_insights(handle: str, query: of_insights.InsightsQuery) -> of_insights.Insights:
    return insights.read(api(), handle, query)


@app.route("/insights/{handle}/questions", methods=["GET"], **signed_in)
def list_questions(handle: str, query: of_insights.QuestionsQuery) -> of_insights.Questions:
    return insights.list_questions(api(), handle, query)


@app.route("/insights/{handle}/questions/{question_id}", methods=["POST"], **signed_in)
def change_question(handle: str, question_id: str, body: of_insights.QuestionChange) -> of_insights.Question:
    return insights.change_question(api(), handle, question_id, body)


@app.route("/insights/{handle}/visits/{visit_id}", methods=["GET"], **signed_in)
def export_any_visit(handle: str, visit_id: str) -> of_twins.VisitExport:
    return insights.export_visit(api(), handle, visit_id)


@app.route("/insights/{handle}/visits/{visit_id}", methods=["DELETE"], **signed_in)
def erase_any_visit(handle: str, visit_id: str) -> of_twins.VisitErased:
    return insights.erase_visit(api(), handle, visit_id)


@app.route("/status", methods=["GET"], **signed_in)
def get_status() -> of_status.StageStatus:
    return status.read(api())


@app.lambda_function(name=functions.ANSWER)
@logs.without_text
def answer(event: dict[str, Any], context: Any) -> None:
    from chalicelib.answering import worker  # noqa: PLC0415

    if waking.is_wake(event):
        return
    order = worker.Order.from_payload(event)
    status = worker.answer(services.of(functions.ANSWER), order, context.get_remaining_time_in_millis() / 1000)
    logs.line("answer", message_id=order.message_id, status=status)


# Not of copies: what a restore brings back was read before, and has its row after its object.
_UPLOADED = ["s3:ObjectCreated:Post", "s3:ObjectCreated:Put"]


@app.on_s3_event(settings.files_bucket, events=_UPLOADED, prefix="uploads/", name=functions.EXTRACT)
@logs.without_text
def extract(event: S3Event) -> None:
    from chalicelib.files import extraction_worker  # noqa: PLC0415

    context: Any = event.context
    remaining_s = context.get_remaining_time_in_millis() / 1000
    extraction_worker.extract(services.of(functions.EXTRACT), event.to_dict(), remaining_s)


@app.lambda_function(name=functions.PURGE)
@logs.without_text
def purge(event: dict[str, Any], context: Any) -> dict[str, Any]:
    from chalicelib.deletion import purge as purging  # noqa: PLC0415

    return purging.carry_out(services.of(functions.PURGE), event, context.get_remaining_time_in_millis() / 1000)


@app.schedule(Rate(1, unit=Rate.HOURS), name=functions.SWEEP)
@logs.without_text
def sweep(event: CloudWatchEvent) -> None:
    from chalicelib.deletion import sweep as sweeping  # noqa: PLC0415

    context: Any = event.context
    sweeping.sweep(services.of(functions.SWEEP), context.get_remaining_time_in_millis() / 1000)


@app.schedule(Cron(0, settings.digest_hour_utc, "*", "*", "?", "*"), name=functions.DIGEST)
@logs.without_text
def digest(event: CloudWatchEvent) -> None:
    from chalicelib.comments import digest as digesting  # noqa: PLC0415

    digesting.send(services.of(functions.DIGEST))


@app.lambda_function(name=functions.STUDY)
@logs.without_text
def study(event: dict[str, Any], context: Any) -> None:
    from chalicelib.twin import study as studying  # noqa: PLC0415

    studying.run(services.of(functions.STUDY), event, context.get_remaining_time_in_millis() / 1000)


# Half an hour after the nightly backup, of which nothing waits for it.
@app.schedule(Cron(30, settings.backup_hour_utc, "*", "*", "?", "*"), name=functions.TOPICS)
@logs.without_text
def twin_topics(event: CloudWatchEvent) -> None:
    from chalicelib.twin import grouping  # noqa: PLC0415

    grouping.begin(services.of(functions.TOPICS))


@app.lambda_function(name=functions.PUBLISH)
@logs.without_text
def publish(event: dict[str, Any], context: Any) -> None:
    from chalicelib.twin.page import publishing  # noqa: PLC0415

    publishing.publish(services.of(functions.PUBLISH), event["handle"])


@app.schedule(Cron(0, settings.backup_hour_utc, "*", "*", "?", "*"), name=functions.NIGHTLY_BACKUP)
@logs.without_text
def nightly_backup(event: CloudWatchEvent) -> None:
    from chalicelib.backups import nightly  # noqa: PLC0415

    nightly.begin(services.of(functions.NIGHTLY_BACKUP))


@app.lambda_function(name=functions.BACKUP)
@logs.without_text
def backup(event: dict[str, Any], context: Any) -> None:
    from chalicelib.backups import nightly  # noqa: PLC0415

    nightly.go_on(services.of(functions.BACKUP), event, context.get_remaining_time_in_millis() / 1000)


@app.lambda_function(name=functions.RESTORE)
@logs.without_text
def restore(event: dict[str, Any], context: Any) -> dict[str, Any]:
    from chalicelib.backups import restoring  # noqa: PLC0415

    return restoring.go_on(services.of(functions.RESTORE), event, context.get_remaining_time_in_millis() / 1000)


@app.schedule(Cron(0, (settings.backup_hour_utc + 3) % 24, "?", "*", "SUN", "*"), name=functions.RESTORE_DRILL)
@logs.without_text
def restore_drill(event: CloudWatchEvent) -> None:
    from chalicelib.backups import drill  # noqa: PLC0415

    drill.run(services.of(functions.RESTORE_DRILL))


@app.schedule(Rate(5, unit=Rate.MINUTES), name=functions.HEALTH_CHECK)
@logs.without_text
def health_check(event: CloudWatchEvent) -> None:
    from chalicelib import checkup  # noqa: PLC0415

    checkup.run(services.of(functions.HEALTH_CHECK))


@app.on_ws_connect()
@partial(logs.without_text, name=functions.CONNECT)
def connect(event: WebsocketEvent) -> dict[str, int]:
    return sockets.on_connect(services.of(functions.CONNECT), event.to_dict())


@app.on_ws_message()
def message(event: WebsocketEvent) -> dict[str, int]:
    """A client sends only keep-alives: API Gateway closes a connection that is idle for ten minutes."""
    return {"statusCode": 200}


@app.on_ws_disconnect()
@partial(logs.without_text, name=functions.DISCONNECT)
def disconnect(event: WebsocketEvent) -> dict[str, int]:
    connections.disconnect(services.of(functions.DISCONNECT), event.connection_id)
    return {"statusCode": 200}
