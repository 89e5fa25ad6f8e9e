"""Tells whether a PostgreSQL answers, so that `make test` can say which half it leaves out."""

import sys

import psycopg


def main(url: str) -> int:
    """Return 0 when the server answers within three seconds."""
    try:
        psycopg.connect(url, connect_timeout=3).close()
    except psycopg.OperationalError as error:
        sys.stderr.write(f"{error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
