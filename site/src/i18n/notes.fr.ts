/** Ce qui est dit d'un fichier à côté de son texte, en français. */
import type { notesEn, Sentence } from "./notes.en";

const pages = (count: number, what: string): string => `${count < 2 ? "La page" : "Les pages"} ${what}`;
const read = (count: number): string => (count < 2 ? "lue aussi" : "lues aussi");

export const notesFr: Record<keyof typeof notesEn, Sentence> = {
  pictures: (count, what) => `${pages(count, what)} ${count < 2 ? "est une image et n’a pas été lue" : "sont des images et n’ont pas été lues"}.`,
  by_sight: (count, what) => `${pages(count, what)} ${count < 2 ? "est lue à vue : Claude la voit" : "sont lues à vue : Claude les voit"} comme une image.`,
  garbled: (count, what) => `${pages(count, what)} : le texte ne se déduit pas des polices et n’a pas été lu.`,
  unreadable: (count, what) => `${pages(count, what)} ${count < 2 ? "est abîmée et n’a pas pu être lue" : "sont abîmées et n’ont pas pu être lues"}.`,
  cut: (count, what) => `${pages(count, what)} ${count < 2 ? "est trop longue et a été coupée" : "sont trop longues et ont été coupées"}.`,
  hidden_sheets: (_count, what) => `Feuilles masquées, lues aussi : ${what}.`,
  hidden_rows: (count, what) => `${what} ${count < 2 ? "ligne masquée" : "lignes masquées"}, ${read(count)}.`,
  hidden_columns: (count, what) => `${what} ${count < 2 ? "colonne masquée" : "colonnes masquées"}, ${read(count)}.`,
  hidden_slides: (count, what) => `${count < 2 ? "Diapositive masquée" : "Diapositives masquées"} ${what}, ${read(count)}.`,
  comments: (count, what) => `${what} ${count < 2 ? "commentaire, lu avec son auteur" : "commentaires, lus avec leurs auteurs"}.`,
  changes: (count, what) => `${what} ${count < 2 ? "modification suivie, lue comme telle" : "modifications suivies, lues comme telles"}.`,
  uncalculated: (count, what) => `${what} ${count < 2 ? "formule sans résultat enregistré, lue comme formule" : "formules sans résultat enregistré, lues comme formules"}.`,
  form_fields: (count, what) => `${what} ${count < 2 ? "champ de formulaire rempli, lu aussi" : "champs de formulaire remplis, lus aussi"}.`,
  attachments: (_count, what) => `Pièces jointes, lues avec le message : ${what}.`,
  attachments_left_out: (_count, what) => `Pièces jointes qui n’ont pas été lues : ${what}.`,
  pictures_left_out: (count, what) => `${what} ${count < 2 ? "image du document n’a pas été regardée" : "images du document n’ont pas été regardées"}.`,
  objects_left_out: (count, what) => `${what} ${count < 2 ? "objet ou dessin incorporé n’a pas été lu" : "objets ou dessins incorporés n’ont pas été lus"}.`,
  frames_left_out: (count, what) => `Seule la première image est vue ; ${what} ${count < 2 ? "autre est laissée" : "autres sont laissées"} de côté.`,
  encoding: (_count, what) => `Le texte ne dit pas son encodage ; il a été lu comme ${what}.`,
};
