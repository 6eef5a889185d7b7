import { texts } from "../texts";
import { commentsEn } from "./en";
import { commentsFr } from "./fr";

export type CommentTexts = typeof commentsEn;
export const commentTexts = texts({ en: commentsEn, fr: commentsFr });
export const useCommentTexts = commentTexts.use;
