"""Leading and bringing by raw messages: the wrong role, other cases and made-up places change nothing and lead nobody."""

from uuid import uuid4

from portal import routes
from portal.access import cookies
from portal.goals import service as goals
from portal.sessions import service
from portal.sessions.domain import Place, Spot
from tests.cast import Cast
from tests.makers import op
from tests.servers import Portal
from tests.wire.client import BOOT, STATE, Client, Socket

Practice = tuple[Portal, Cast]

BAR = f"{STATE}.portal___live___state____here.portal___sessions___state____session_bar_state"
PAGE = f"{STATE}.portal___live___state____here.portal___pages___session____session_state"


def opened(practice: Practice, who: str, path: str) -> Socket:
    portal, cast = practice
    boot = {"name": BOOT, "payload": {}, "router_data": {"pathname": path, "asPath": path}}
    cookie = f"{cookies.session_cookie()}={cast.tokens[who]}"
    socket = Client(portal.port, portal.url).open(cookie=cookie, auth={"event": boot}, boot=False)
    socket.listen(1, until='"authorised_rx_state_":true')
    return socket


def say(socket: Socket, handler: str, path: str, query: dict[str, str] | None = None, **payload: object) -> None:
    """One event, from a page that says it is at `path`."""
    socket.emit("event", {"name": handler, "payload": payload, "router_data": {"pathname": path, "asPath": path, "query": query or {}}})
    socket.listen(1.5, until=str(payload.get("op", "picks_rx_state_")))


def spot(cast: Cast) -> Spot:
    seen = service.glance(cast.therapist, cast.case)
    assert seen is not None
    return seen.at


def test_raw_messages_lead_to_places_of_the_list_and_of_this_case_only(practice: Practice) -> None:
    cast = practice[1]
    session_page = routes.in_case(routes.SESSION, cast.case)
    client = opened(practice, "client", session_page)
    for handler, payload in (("session_started", {"one_screen": False, "op": str(uuid4())}), ("session_ended", {"op": str(uuid4())})):
        say(client, f"{BAR}.{handler}", session_page, **payload)
    assert service.glance(cast.client, cast.case) is None

    service.start(cast.therapist, cast.case, False, op=op())
    client.close()
    client = opened(practice, "client", session_page)
    foreign = goals.add(cast.second_client, cast.other_case, "Foreign", proposes=True, op=op()).id
    idea = goals.add(cast.client, cast.case, "Only mine", op=op()).id
    for path in (
        "/account",
        "/practice",
        "//elsewhere.example",
        "/sign-in",
        routes.in_case(routes.ACCESS_LOG, cast.case),
        routes.in_case(routes.GOALS, cast.other_case),
        routes.in_case(routes.GOAL, cast.case, goal=foreign),
        routes.in_case(routes.GOAL, cast.case, goal=idea),
        routes.in_case(routes.GOAL, cast.case, goal="..%2f..%2faccount"),
        routes.in_case(routes.CHECKIN, cast.case, checkin=str(uuid4())),
        routes.in_case(routes.FEEDBACK, cast.case) + "?share=https://elsewhere.example",
    ):
        say(client, f"{BAR}.went", path, seen=1, op=str(uuid4()))
        assert spot(cast) == Spot(Place.SESSION), path
    say(client, f"{BAR}.went", routes.in_case(routes.GOALS, cast.case), seen=1, op=str(uuid4()))
    assert spot(cast) == Spot(Place.GOALS)

    stranger = opened(practice, "second_client", routes.in_case(routes.SESSION, cast.other_case))
    say(stranger, f"{BAR}.went", routes.in_case(routes.COURSE, cast.case), seen=2, op=str(uuid4()))
    say(stranger, f"{BAR}.going_along_chosen", session_page, along=False, op=str(uuid4()))
    assert spot(cast) == Spot(Place.GOALS)
    for one in (client, stranger):
        one.close()


def test_raw_messages_bring_only_what_was_offered(practice: Practice) -> None:
    cast = practice[1]
    page = routes.in_case(routes.SESSION, cast.case)
    offered = goals.add(cast.therapist, cast.case, "Offered", proposes=True, op=op()).id
    hidden = goals.add(cast.therapist, cast.case, "The therapist's own idea", op=op()).id
    client = opened(practice, "client", page)
    before = len(service.view(cast.client, cast.case).brought)
    say(client, f"{PAGE}.picking_chosen", page, picking=True)
    for kind, row in (("goal", hidden), ("goal", str(uuid4())), ("person", offered), ("share", offered)):
        say(client, f"{PAGE}.brought_along", page, kind=kind, row=row, item="", op=str(uuid4()))
    assert len(service.view(cast.client, cast.case).brought) == before
    say(client, f"{PAGE}.brought_along", page, kind="goal", row=offered, item="", op=str(uuid4()))
    assert len(service.view(cast.client, cast.case).brought) == before + 1
    therapist = opened(practice, "therapist", page)
    say(therapist, f"{PAGE}.picking_chosen", page, picking=True)
    say(therapist, f"{PAGE}.brought_along", page, kind="goal", row=offered, item="", op=str(uuid4()))
    say(therapist, f"{PAGE}.left_out", page, brought=service.view(cast.client, cast.case).brought[-1].id, op=str(uuid4()))
    assert len(service.view(cast.client, cast.case).brought) == before + 1
    for one in (client, therapist):
        one.close()
