-- Numbers are the order in which things came; clients know the ids alone. Times are Unix seconds.

CREATE TABLE files (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    owner      TEXT    NOT NULL,
    purpose    TEXT    NOT NULL,
    filename   TEXT    NOT NULL,
    bytes      INTEGER NOT NULL,
    created_at INTEGER NOT NULL
);

CREATE TABLE jobs (
    number          INTEGER PRIMARY KEY AUTOINCREMENT,
    id              TEXT    NOT NULL UNIQUE,
    owner           TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    base            TEXT    NOT NULL,           -- what clients call it
    fingerprint     TEXT    NOT NULL,           -- what it is
    model_name      TEXT    NOT NULL UNIQUE,    -- of the model that is to come
    training_file   TEXT    NOT NULL,
    validation_file TEXT,
    suffix          TEXT,
    seed            INTEGER NOT NULL,
    metadata        TEXT,                       -- a JSON object
    hyperparameters TEXT    NOT NULL,           -- as asked for, a JSON object
    plan            TEXT,                       -- what was made of them, a JSON object
    status          TEXT    NOT NULL,
    finished_at     INTEGER,
    model_deleted   INTEGER NOT NULL DEFAULT 0,
    trained_tokens  INTEGER,
    error_code      TEXT,
    error_message   TEXT,
    error_param     TEXT,
    result_file     TEXT
);

CREATE INDEX jobs_by_status ON jobs (status);

CREATE TABLE events (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    job        TEXT    NOT NULL REFERENCES jobs (id),
    created_at INTEGER NOT NULL,
    level      TEXT    NOT NULL,
    kind       TEXT    NOT NULL,                -- message, step, validation or checkpoint
    message    TEXT    NOT NULL,
    step       INTEGER,                         -- none for messages, of which there may be many
    loss       REAL,
    total      INTEGER,
    tokens     INTEGER,
    UNIQUE (job, kind, step)                    -- a step that is done again after a crash is told once
);

CREATE TABLE checkpoints (
    number     INTEGER PRIMARY KEY AUTOINCREMENT,
    id         TEXT    NOT NULL UNIQUE,
    job        TEXT    NOT NULL REFERENCES jobs (id),
    step       INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    model_name TEXT    NOT NULL UNIQUE,
    deleted    INTEGER NOT NULL DEFAULT 0,
    UNIQUE (job, step)
);
