"""Django Channels as its documentation sets it up: a consumer in a group, the layer in Redis, served by daphne.

`python channels_group.py PORT REDIS_URL`, in an environment of its own. POST sends its body to the group.
"""

import sys
from typing import Any

import django
from channels.generic.websocket import AsyncWebsocketConsumer
from channels.layers import get_channel_layer
from channels.routing import ProtocolTypeRouter, URLRouter
from daphne.endpoints import build_endpoint_description_strings
from daphne.server import Server
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import path
from django.views.decorators.csrf import csrf_exempt

PORT, REDIS_URL = int(sys.argv[1]), sys.argv[2]


class Listener(AsyncWebsocketConsumer):
    """One reader."""

    async def connect(self) -> None:
        """Into the group, then open."""
        await self.channel_layer.group_add("all", self.channel_name)
        await self.accept()

    async def disconnect(self, code: int) -> None:
        """Out of it."""
        await self.channel_layer.group_discard("all", self.channel_name)

    async def post_created(self, event: dict[str, Any]) -> None:
        """What the group is sent."""
        await self.send(text_data=event["text"])


@csrf_exempt
async def publish(request: HttpRequest) -> HttpResponse:
    """To the group."""
    await get_channel_layer().group_send("all", {"type": "post.created", "text": request.body.decode()})
    return HttpResponse(status=200)


urlpatterns = [path("publish", publish)]

if __name__ == "__main__":
    layer = {"BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer", "CONFIG": {"hosts": [REDIS_URL]}}
    settings.configure(
        SECRET_KEY="bench",
        ROOT_URLCONF=__name__,
        ALLOWED_HOSTS=["127.0.0.1"],
        CHANNEL_LAYERS={"default": layer},
        DEBUG=False,
    )
    django.setup()
    sockets = URLRouter([path("", Listener.as_asgi())])
    app = ProtocolTypeRouter({"http": get_asgi_application(), "websocket": sockets})
    Server(app, endpoints=build_endpoint_description_strings(host="127.0.0.1", port=PORT)).run()
