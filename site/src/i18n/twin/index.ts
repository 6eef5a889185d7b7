import { texts } from "../texts";
import { twinEn } from "./en";
import { twinFr } from "./fr";

export type TwinTexts = typeof twinEn;
export const twinTexts = texts({ en: twinEn, fr: twinFr });
export const useTwinTexts = twinTexts.use;
