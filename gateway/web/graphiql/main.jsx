import "./workers.js"; // before Monaco looks for its workers

import "@graphiql/react/font/fira-code.css";
import "@graphiql/react/font/roboto.css";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { tabs } from "./operations/index.js";

const fetcher = createGraphiQLFetcher({
  url: window.location.pathname,
  headers: { Accept: "application/graphql-response+json, application/json;q=0.9" },
  enableIncrementalDelivery: false,
});

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL fetcher={fetcher} defaultTabs={tabs} defaultEditorToolsVisibility="variables">
    <GraphiQL.Logo>Marquee</GraphiQL.Logo>
  </GraphiQL>,
);
