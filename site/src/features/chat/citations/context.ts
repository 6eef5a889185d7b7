import { createContext } from "react";

import type { Marker } from "./parts";

/** The markers of the answer that is being drawn; placeholders in its text name them by their index. */
export const MarkersContext = createContext<readonly Marker[]>([]);
