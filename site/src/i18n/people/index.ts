import { texts } from "../texts";
import { peopleEn } from "./en";
import { peopleFr } from "./fr";

export type PeopleTexts = typeof peopleEn;
export const peopleTexts = texts({ en: peopleEn, fr: peopleFr });
export const usePeopleTexts = peopleTexts.use;
