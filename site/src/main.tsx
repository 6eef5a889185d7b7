import { StrictMode } from "react";
import { createRoot } from "react-dom/client";

import { App } from "./app/App";
import { ConfigError } from "./app/ConfigError";
import { fetchConfig } from "./lib/config";
import "./styles.css";

const root = createRoot(document.getElementById("root") ?? document.body);

try {
  const config = await fetchConfig();
  root.render(
    <StrictMode>
      <App config={config} />
    </StrictMode>,
  );
} catch {
  root.render(<ConfigError />);
}
