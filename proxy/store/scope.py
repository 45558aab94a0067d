"""Whose things somebody sees and changes: those of every site, or of some.

Who looks after some sites alone asks through `Within`. It leaves the scope on the connection while a piece of work
runs, and the queries narrow themselves by it: what belongs to another site is not there, and what is for all sites
can be read and not changed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Concatenate, ParamSpec, Protocol, Self, TypeVar

from sqlalchemy import ColumnElement, Connection

from proxy.errors import PingwardenError
from proxy.store.database import Database

P = ParamSpec("P")
T = TypeVar("T")
_KEY = "scope"


class _Query(Protocol):
    def where(self, *whereclause: Any) -> Self: ...


Q = TypeVar("Q", bound=_Query)


class NotYours(PingwardenError):
    """It is for all sites, and whoever wants to change it looks after some alone."""


@dataclass(frozen=True, slots=True)
class Scope:
    """The sites whose things may be seen and changed; None: every site, and what is for all of them."""

    sites: frozenset[str] | None = None

    @property
    def is_everywhere(self) -> bool:
        """True when nothing is kept from whoever has this scope."""
        return self.sites is None

    def holds(self, site: str | None) -> bool:
        """True when what belongs to *site* (None: what is for all sites) may be changed."""
        return self.sites is None or site in self.sites

    def must_hold(self, site: str | None) -> None:
        """Return when what belongs to *site* may be changed. Raises `NotYours`."""
        if not self.holds(site):
            raise NotYours("this is for all sites, and you may change only what belongs to yours")


EVERYWHERE = Scope()


@dataclass(frozen=True, slots=True)
class Within:
    """The database as somebody with *scope* sees it."""

    database: Database
    scope: Scope

    async def read(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* as `Database.read` does, within the scope."""
        return await self.database.read(self._within(work, *args, **kwargs))

    async def write(self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run *work* as `Database.write` does, within the scope."""
        return await self.database.write(self._within(work, *args, **kwargs))

    def _within(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> Callable[[Connection], T]:
        def narrowed(connection: Connection) -> T:
            connection.info[_KEY] = self.scope
            try:
                return work(connection, *args, **kwargs)
            finally:
                connection.info.pop(_KEY, None)

        return narrowed


def of(connection: Connection) -> Scope:
    """Return the scope of the work that runs on *connection*; our own work goes everywhere."""
    found: Scope = connection.info.get(_KEY, EVERYWHERE)
    return found


def narrow(connection: Connection, query: Q, site: ColumnElement[Any]) -> Q:
    """Return *query* narrowed to rows whose *site* is within the scope."""
    sites = of(connection).sites
    return query if sites is None else query.where(site.in_(sorted(sites)))


def narrow_or_shared(connection: Connection, query: Q, site: ColumnElement[Any]) -> Q:
    """Return *query* narrowed to rows whose *site* is within the scope, or that are for all sites."""
    sites = of(connection).sites
    return query if sites is None else query.where(site.in_(sorted(sites)) | site.is_(None))
