// The GraphQL explorer for developers: GraphiQL from npm, pointed at this school's endpoint with its session.
import { createGraphiQLFetcher } from "@graphiql/toolkit";
import { GraphiQL } from "graphiql";
import { createElement } from "react";
import { createRoot } from "react-dom/client";
import "graphiql/style.css";

const root = document.getElementById("graphiql");
const fetcher = createGraphiQLFetcher({ url: root.dataset.endpoint });
createRoot(root).render(createElement(GraphiQL, { fetcher, shouldPersistHeaders: false }));
