export { SectionPage } from "./SectionPage";
