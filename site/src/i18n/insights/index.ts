import { texts } from "../texts";
import { insightsEn } from "./en";
import { insightsFr } from "./fr";

export type InsightsTexts = typeof insightsEn;
export const insightsTexts = texts({ en: insightsEn, fr: insightsFr });
export const useInsightsTexts = insightsTexts.use;
