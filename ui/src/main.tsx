import { createRoot } from "react-dom/client";
import { App } from "./App";
import { makeClient } from "./api/queryClient";
import { makeRouter } from "./routes";
import "./styles/app.css";

const root = document.getElementById("root");
if (root) createRoot(root).render(<App client={makeClient()} router={makeRouter()} />);
