from dishka import AsyncContainer, make_async_container

from infrastructure.config import Config
from infrastructure.providers.config import ConfigProvider
from infrastructure.providers.database import DatabaseProvider
from infrastructure.providers.gateways import GatewaysProvider
from infrastructure.providers.probes import ProbesProvider
from infrastructure.providers.repositories import RepositoriesProvider
from infrastructure.providers.usecases import ServerUsecasesProvider


def make_server_container(config: Config) -> AsyncContainer:
    """Everything that the server needs; nothing is built or connected before it is asked for."""
    return make_async_container(
        ConfigProvider(),
        DatabaseProvider(),
        RepositoriesProvider(),
        GatewaysProvider(),
        ProbesProvider(),
        ServerUsecasesProvider(),
        context={Config: config},
    )
