/** The words of the element on foreign pages: few, so that they come with it. */

const en = {
  title: "Comments",
  count: (count: number, text: string) => (count === 1 ? "1 comment" : `${text} comments`),
  loading: "Loading comments…",
  empty: "No comment yet.",
  closed: "This section takes no new comments.",
  unknown: "These comments do not exist.",
  failed: "The comments could not be loaded.",
  retry: "Try again",
  more: "Show more comments",
  write: "Write a comment",
  owner: "Owner",
  edited: "edited",
  deleted: "This comment was deleted.",
  by: (name: string) => `Comment by ${name}`,
  replies: (name: string) => `Replies to ${name}`,
};

export type EmbedTexts = typeof en;

const fr: EmbedTexts = {
  title: "Commentaires",
  count: (count, text) => `${text} commentaire${count < 2 ? "" : "s"}`,
  loading: "Chargement des commentaires…",
  empty: "Aucun commentaire.",
  closed: "Cette section n’accepte plus de commentaires.",
  unknown: "Ces commentaires n’existent pas.",
  failed: "Les commentaires n’ont pas pu être chargés.",
  retry: "Réessayer",
  more: "Afficher plus de commentaires",
  write: "Écrire un commentaire",
  owner: "Propriétaire",
  edited: "modifié",
  deleted: "Ce commentaire a été supprimé.",
  by: (name) => `Commentaire de ${name}`,
  replies: (name) => `Réponses à ${name}`,
};

/** The first language on offer of those that are named; "fr-CA" counts as "fr". */
export function textsFor(languages: readonly (string | null | undefined)[]): { language: string; texts: EmbedTexts } {
  for (const name of languages) {
    const language = name?.toLowerCase().split("-")[0];
    if (language === "fr") return { language, texts: fr };
    if (language === "en") return { language, texts: en };
  }
  return { language: "en", texts: en };
}
