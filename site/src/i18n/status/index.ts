import { texts } from "../texts";
import { statusEn } from "./en";
import { statusFr } from "./fr";

export type StatusTexts = typeof statusEn;
export const statusTexts = texts({ en: statusEn, fr: statusFr });
export const useStatusTexts = statusTexts.use;
