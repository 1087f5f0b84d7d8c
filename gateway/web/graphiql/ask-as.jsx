// Whom to ask as, where the page was given keys: on the sandbox, to a browser beside it.
import { useState } from "react";

const CHOSEN = "marquee:ask-as"; // the name alone; a key is never stored

const people = JSON.parse(document.getElementById("graphiql").dataset.keys ?? "[]");

const personCalled = (name) => people.find((person) => person.name === name);

let chosen = personCalled(window.sessionStorage.getItem(CHOSEN));

// What is typed in GraphiQL's own headers counts for more.
export const headersAsChosen = (typed) => {
  const headers = new Headers(typed);
  if (chosen && !headers.has("Authorization")) headers.set("Authorization", `Bearer ${chosen.key}`);
  return headers;
};

export const fetchAsChosen = (url, options) =>
  fetch(url, { ...options, headers: headersAsChosen(options?.headers) });

export function AskAs() {
  const [name, setName] = useState(chosen?.name ?? "");
  if (people.length === 0) return null;
  const choose = (event) => {
    chosen = personCalled(event.target.value);
    window.sessionStorage.setItem(CHOSEN, chosen?.name ?? "");
    setName(chosen?.name ?? "");
  };
  return (
    <label className="ask-as">
      Ask as
      <select value={name} onChange={choose}>
        <option value="">nobody</option>
        {people.map((person) => (
          <option key={person.name} value={person.name}>
            {person.name} ({person.role})
          </option>
        ))}
      </select>
    </label>
  );
}
