// The tabs that GraphiQL opens with. Each runs on the sandbox as it stands.
import frontPage from "./front-page.graphql";
import frontPageVariables from "./front-page.json";
import moviePage from "./movie-page.graphql";
import moviePageVariables from "./movie-page.json";
import requestList from "./request-list.graphql";
import requestListVariables from "./request-list.json";
import searchAsYouType from "./search-as-you-type.graphql";
import searchAsYouTypeVariables from "./search-as-you-type.json";

const tab = (query, variables) => ({ query, variables: JSON.stringify(variables, null, 2) });

export const tabs = [
  tab(frontPage, frontPageVariables),
  tab(moviePage, moviePageVariables),
  tab(requestList, requestListVariables),
  tab(searchAsYouType, searchAsYouTypeVariables),
];
