export { ViewerSlot } from "./components/ViewerSlot";
