"""The database: SQLite or PostgreSQL, with the same promises.

Start with ``engine = connect(settings)``, ``use(engine)``, ``await open(engine)``. Write inside ``async with
transaction():``. Columns come from ``academy.database.columns``, hot queries from ``compiled`` and ``compiled_sql``.
"""

from academy.database.engines import Engine as Engine
from academy.database.engines import close as close
from academy.database.engines import connect as connect
from academy.database.engines import current as current
from academy.database.engines import default as default
from academy.database.engines import lock as lock
from academy.database.engines import open as open
from academy.database.engines import transaction as transaction
from academy.database.engines import use as use
from academy.database.failures import BrokenLink as BrokenLink
from academy.database.failures import Duplicate as Duplicate
from academy.database.failures import NaiveInstant as NaiveInstant
from academy.database.failures import TransactionMisuse as TransactionMisuse
from academy.database.failures import UnusableText as UnusableText
from academy.database.inserts import insert as insert
from academy.database.inserts import insert_values as insert_values
from academy.database.postgres import PostgresDatabase as PostgresDatabase
from academy.database.queries import Compiled as Compiled
from academy.database.queries import CompiledSQL as CompiledSQL
from academy.database.queries import compiled as compiled
from academy.database.queries import compiled_sql as compiled_sql
from academy.database.queries import fetch as fetch
from academy.database.queries import value as value
from academy.database.sqlite import SQLiteDatabase as SQLiteDatabase
