export { SettingsPanel, type Where } from "./components/SettingsPanel";
