"""/c/[case]/exports/[export]: the answer to a download, asked of the gate again at that moment."""

import asyncio

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

from portal import routes
from portal.access.posts import received
from portal.exports import service
from portal.kit.refusal import NotFound, NotSignedIn, Refusal

_NOT_SIGNED_IN, _NOT_HERE = 401, 404


async def export_fetched(request: Request) -> Response:
    """The file for whoever asked for it. Anybody else, and whoever comes too late, gets a sentence that tells nothing of it.

    No page: a browser that was told to download would keep it as the file. The page that the link stands on looks again by itself.
    """
    case_id, export_id = request.path_params[routes.CASE_PARAM], request.path_params[routes.EXPORT_PARAM]
    post = await received(request)
    try:
        file = await asyncio.to_thread(service.fetch, await post.caller(), case_id, export_id)
    except NotSignedIn as refusal:
        return PlainTextResponse(post.say(refusal.sentence), _NOT_SIGNED_IN)
    except Refusal:
        return PlainTextResponse(post.say(NotFound.sentence), _NOT_HERE)
    # No page and no cache keeps it: the outer gate adds no-store, nosniff and a policy that forbids it to run anything.
    return Response(file.content, media_type=file.media_type, headers={"content-disposition": f'attachment; filename="{file.name}"'})
