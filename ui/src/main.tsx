import { createRoot } from "react-dom/client";
import { App } from "./App";
import { makeClient } from "./api/queryClient";
import { makeRouter, preloadPages } from "./routes";
import "./styles/app.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App client={makeClient()} router={makeRouter()} />);

/** After the first page has been read and drawn. */
const IDLE_MS = 2_000;
setTimeout(preloadPages, IDLE_MS);
