export { LanguageSwitch } from "./components/LanguageSwitch";
export { SettingsPanel } from "./components/SettingsPanel";
