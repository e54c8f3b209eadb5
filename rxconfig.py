"""What Reflex is told: quiet, on this machine only, one port, no state on disk."""

import os
from pathlib import Path

import reflex as rx
from reflex_base.constants import StateManagerMode
from reflex_base.plugins import Plugin

from portal.frontend import BUILT_FOR, use_own_origin
from portal.settings import settings

# Reflex reads these from the environment only; a value given from outside wins.
for _name, _value in {
    "REFLEX_CHECK_LATEST_VERSION": "0",
    "REFLEX_USE_NPM": "1",
    "REFLEX_SOCKET_INTERVAL": "10",
    "REFLEX_SOCKET_TIMEOUT": "10",
    "REFLEX_SOCKET_MAX_HTTP_BUFFER_SIZE": str(64 * 1024),
    "REFLEX_REDIS_MAX_CONNECTIONS": "64",
}.items():
    os.environ.setdefault(_name, _value)


class OwnOrigin(Plugin):
    """One build for every address."""

    def post_build(self, **context: object) -> None:
        """After the build, before its files are compressed."""
        use_own_origin(Path(str(context["static_dir"])))


_settings = settings()

config = rx.Config(
    app_name="portal",
    telemetry_enabled=False,
    show_built_with_reflex=False,
    backend_host=_settings.host,
    backend_port=_settings.port,
    frontend_port=_settings.port,
    api_url=BUILT_FOR,
    deploy_url=BUILT_FOR,
    cors_allowed_origins=[_settings.origin],
    trusted_proxy_hops=_settings.trusted_proxy_hops,
    redis_url=_settings.redis_url or None,
    state_manager_mode=StateManagerMode.REDIS if _settings.redis_url else StateManagerMode.MEMORY,
    frontend_compression_formats=["brotli", "gzip"],
    plugins=[OwnOrigin()],
    disable_plugins=[rx.plugins.SitemapPlugin, rx.plugins.RadixThemesPlugin],
)
