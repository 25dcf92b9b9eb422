//! The parts of the SQL that differ between SQLite and PostgreSQL: SQLite.

use sqlx::sqlite::{SqliteConnection, SqliteRow};

/// A connection of this database.
pub(super) type Connection = SqliteConnection;

/// A row of this database.
pub(super) type Row = SqliteRow;

/// Selects at most `$3` accounts whose skeleton contains `$1`, ordered by name, starting after the name `$2`.
pub(super) const LIST_ACCOUNTS: &str = "SELECT id, username, is_active, is_staff, epoch FROM auth_account \
     WHERE instr(skeleton, $1) > 0 AND username > $2 ORDER BY username LIMIT $3";

/// Selects accounts after the id `$1` whose name contains characters other than visible ASCII.
pub(super) const OTHER_NAMES: &str =
    "SELECT id, username FROM auth_account WHERE id > $1 AND username GLOB '*[^!-~]*' ORDER BY id LIMIT 500";

/// Begins a transaction that may write. Other writing transactions wait until it ends.
pub(super) const BEGIN: &str = "BEGIN IMMEDIATE";

/// Whether the server can close a connection. A file has no server.
pub(super) const MAY_BE_CUT: bool = false;

/// Selects the account's epoch. `BEGIN IMMEDIATE` has locked the database already.
pub(super) const LOCK_ACCOUNT: &str = "SELECT epoch FROM auth_account WHERE id = $1";

/// Locks the accounts that have logins of the client `$1`. `None`, since `BEGIN IMMEDIATE` has locked the database already.
pub(super) const LOCK_CLIENT: Option<&str> = None;

/// Set the last uses of the tokens, or the logins, with ids after `$1` up to `$2` to `$3`, if they are later than `$4`.
pub(super) const CORRECT_TOKENS: &str =
    "UPDATE auth_token SET last_used = $3 WHERE id > $1 AND id <= $2 AND last_used > $4 AND created <= $4";
pub(super) const CORRECT_LOGINS: &str =
    "UPDATE auth_login SET last_used = $3 WHERE id > $1 AND id <= $2 AND last_used > $4 AND created <= $4";

/// Delete the tokens, or the logins, with ids after `$1` up to `$2` that had expired by `$3`.
pub(super) const SWEEP_TOKENS: &str = "DELETE FROM auth_token WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR coalesce(last_used, created) <= $3 - idle_timeout)";
pub(super) const SWEEP_LOGINS: &str = "DELETE FROM auth_login WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR last_used <= $3 - idle_timeout \
     OR digest IS NULL AND NOT EXISTS (SELECT 1 FROM auth_token token WHERE token.login_id = auth_login.id))";

/// Write the last uses `$1` of the logins, or the tokens and their logins: a JSON array of arrays of an id and a time. A stored
/// time after `$2` is implausible, unless the creation time is after `$2` as well.
pub(super) const TOUCH_LOGINS: &[&str] = &["UPDATE auth_login SET last_used = noted.at FROM (\
         SELECT value ->> 0 AS id, max(value ->> 1) AS at FROM json_each($1) GROUP BY 1\
     ) noted WHERE auth_login.id = noted.id AND \
     (auth_login.last_used < noted.at OR auth_login.last_used > $2 AND auth_login.created <= $2)"];
pub(super) const TOUCH_TOKENS: &[&str] = &[
    "UPDATE auth_token SET last_used = noted.at FROM (\
         SELECT value ->> 0 AS id, max(value ->> 1) AS at FROM json_each($1) GROUP BY 1\
     ) noted WHERE auth_token.id = noted.id \
     AND (coalesce(auth_token.last_used, 0) < noted.at OR auth_token.last_used > $2 AND auth_token.created <= $2)",
    "UPDATE auth_login SET last_used = noted.at FROM (\
         SELECT token.login_id AS id, max(noted.value ->> 1) AS at FROM json_each($1) noted \
         JOIN auth_token token ON token.id = noted.value ->> 0 WHERE token.login_id IS NOT NULL GROUP BY 1\
     ) noted WHERE auth_login.id = noted.id AND \
     (auth_login.last_used < noted.at OR auth_login.last_used > $2 AND auth_login.created <= $2)",
];
