import "./workers.js"; // before Monaco looks for its workers

import "@graphiql/react/font/fira-code.css";
import "@graphiql/react/font/roboto.css";
import "graphiql/style.css";
import "./page.css";

import { createGraphiQLFetcher, StorageAPI } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createClient } from "graphql-ws";
import { createRoot } from "react-dom/client";

import { AskAs, fetchAsChosen, headersAsChosen } from "./ask-as.jsx";
import { tabs } from "./operations/index.js";

const overHttp = {
  url: window.location.pathname,
  fetch: fetchAsChosen,
  headers: { Accept: "application/graphql-response+json, application/json;q=0.9" },
  enableIncrementalDelivery: false,
};
const socketUrl = Object.assign(new URL(window.location.pathname, window.location.href), {
  protocol: window.location.protocol.replace("http", "ws"),
});

// A socket of its own for each subscription, opened for whoever is chosen when it begins.
const fetcher = (asked, more) => {
  const connectionParams = () => Object.fromEntries(headersAsChosen(more?.headers));
  const wsClient = createClient({ url: socketUrl.href, connectionParams });
  return createGraphiQLFetcher({ ...overHttp, wsClient })(asked, more);
};

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
