import tests.database  # noqa: F401  (starts the test database: before anything connects)
