"""What one operation may take from the upstreams that all share."""

from __future__ import annotations

from tests.graph.stage import Stage


async def test_lists_in_lists_are_refused_before_anything_is_asked(stage: Stage) -> None:
    body = await stage.ask("""{ charts(chart: POPULAR, first: 100) { nodes {
      recommendations(first: 100) { nodes { similar(first: 100) { nodes { title } } } } } } }""")
    assert body["errors"][0]["extensions"]["code"] == "TOO_MANY_OBJECTS"
    assert "data" not in body
    assert sum(stage.calls().values()) == 0


async def test_one_operation_looks_up_so_many_films_and_no_more(stage: Stage) -> None:
    """Films under four names: those beyond the bound are refused, the rest is there."""

    def refs(start: int, count: int) -> str:
        return ", ".join(f"{{tmdbId: {start + i}}}" for i in range(count))

    fields = " ".join(
        f"a{n}: movies(by: [{refs(100_001 + 100 * n, 100)}]) {{ runtimeMinutes }}" for n in range(3)
    )
    rest = f"rest: movies(by: [{refs(200_001, 30)}]) {{ runtimeMinutes }}"
    body = await stage.ask(f"{{ {fields} {rest} }}")
    calls = stage.calls()["tmdb"]
    found = [film for films in body["data"].values() for film in films if film]
    assert calls == len(found) == 300
    assert {error["extensions"]["code"] for error in body["errors"]} == {"QUERY_REJECTED"}


async def test_ratings_of_a_whole_chart_leave_most_of_the_day(stage: Stage) -> None:
    body = await stage.ask(
        "{ a: charts(chart: POPULAR, first: 100) { nodes { ratings { source } } }"
        "  b: charts(chart: TOP_RATED, first: 100) { nodes { ratings { source } } } }"
    )
    assert stage.calls()["omdb"] <= 100
    rated = [film["ratings"] for page in body["data"].values() for film in page["nodes"]]
    assert all(ratings for ratings in rated)  # TMDB's own stay
