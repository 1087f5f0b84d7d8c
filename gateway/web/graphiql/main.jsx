import "./workers.js"; // before Monaco looks for its workers

import "@graphiql/react/font/fira-code.css";
import "@graphiql/react/font/roboto.css";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher, StorageAPI } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createRoot } from "react-dom/client";

import { AskAs, fetchAsChosen } from "./ask-as.jsx";
import { tabs } from "./operations/index.js";

const fetcher = createGraphiQLFetcher({
  url: window.location.pathname,
  fetch: fetchAsChosen,
  headers: { Accept: "application/graphql-response+json, application/json;q=0.9" },
  enableIncrementalDelivery: false,
});

// On a first visit GraphiQL shows the first default tab without its variables, unless told twice.
const isFirstVisit = !new StorageAPI().get("tabState");

createRoot(document.getElementById("graphiql")).render(
  <GraphiQL
    fetcher={fetcher}
    defaultTabs={tabs}
    initialVariables={isFirstVisit ? tabs[0].variables : undefined}
    defaultEditorToolsVisibility="variables"
  >
    <GraphiQL.Logo>
      <AskAs />
      Marquee
    </GraphiQL.Logo>
  </GraphiQL>,
);
