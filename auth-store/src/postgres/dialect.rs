//! The parts of the SQL that differ between SQLite and PostgreSQL: PostgreSQL.

use sqlx::postgres::{PgConnection, PgRow};

/// A connection of this database.
pub(super) type Connection = PgConnection;

/// A row of this database.
pub(super) type Row = PgRow;

/// Selects at most `$3` accounts whose skeleton contains `$1`, ordered by name, starting after the name `$2`.
pub(super) const LIST_ACCOUNTS: &str = "SELECT id, username, is_active, is_staff, epoch FROM auth_account \
     WHERE strpos(skeleton, $1 COLLATE \"C\") > 0 AND username > $2 ORDER BY username LIMIT $3";

/// Selects accounts after the id `$1` whose name contains characters other than visible ASCII.
pub(super) const OTHER_NAMES: &str =
    "SELECT id, username FROM auth_account WHERE id > $1 AND username ~ '[^!-~]' ORDER BY id LIMIT 500";

/// Begins a transaction.
pub(super) const BEGIN: &str = "BEGIN";

/// Whether the server can close a connection.
pub(super) const MAY_BE_CUT: bool = true;

// All transactions lock in this order, so that they cannot deadlock: an account, its logins, its tokens. A transaction that
// locks several logins or tokens of an account has locked the account, or skips locked rows.

/// Selects the account's epoch, and blocks every other call that reads it for a change or changes it.
pub(super) const LOCK_ACCOUNT: &str = "SELECT epoch FROM auth_account WHERE id = $1 FOR UPDATE";

/// Locks the accounts that have logins of the client `$1`.
pub(super) const LOCK_CLIENT: Option<&str> = Some(
    "SELECT id FROM auth_account WHERE id IN (SELECT account_id FROM auth_login WHERE client = $1) ORDER BY id FOR UPDATE",
);

/// Set the last uses of the tokens, or the logins, with ids after `$1` up to `$2` to `$3`, if they are later than `$4`. Rows
/// that another transaction has locked are left to the next sweep.
pub(super) const CORRECT_TOKENS: &str = "UPDATE auth_token SET last_used = $3 WHERE id IN (\
     SELECT id FROM auth_token WHERE id > $1 AND id <= $2 AND last_used > $4 AND created <= $4 FOR UPDATE SKIP LOCKED)";
pub(super) const CORRECT_LOGINS: &str = "UPDATE auth_login SET last_used = $3 WHERE id IN (\
     SELECT id FROM auth_login WHERE id > $1 AND id <= $2 AND last_used > $4 AND created <= $4 FOR UPDATE SKIP LOCKED)";

/// Delete the tokens, or the logins, with ids after `$1` up to `$2` that had expired by `$3`. Rows that another transaction has
/// locked are left to the next sweep.
pub(super) const SWEEP_TOKENS: &str = "DELETE FROM auth_token WHERE id IN (SELECT id FROM auth_token WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR coalesce(last_used, created) <= $3 - idle_timeout) FOR UPDATE SKIP LOCKED)";
pub(super) const SWEEP_LOGINS: &str = "DELETE FROM auth_login WHERE id IN (SELECT id FROM auth_login WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR last_used <= $3 - idle_timeout \
     OR digest IS NULL AND NOT EXISTS (SELECT 1 FROM auth_token token WHERE token.login_id = auth_login.id)) FOR UPDATE SKIP LOCKED)";

/// Write the last uses `$2` of the logins, or the tokens and their logins, `$1`. Rows that another transaction has locked are
/// skipped: they are being used or ended right now. A stored time after `$3` is implausible, unless the creation time is after
/// `$3` as well.
pub(super) const TOUCH_LOGINS: &[&str] = &["UPDATE auth_login SET last_used = used.at FROM (\
         SELECT login.id, noted.at FROM (\
             SELECT id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) noted (id, at) GROUP BY id\
         ) noted JOIN auth_login login ON login.id = noted.id \
         WHERE login.last_used < noted.at OR login.last_used > $3 AND login.created <= $3 \
         ORDER BY login.id FOR UPDATE OF login SKIP LOCKED\
     ) used WHERE auth_login.id = used.id"];
pub(super) const TOUCH_TOKENS: &[&str] = &[
    "UPDATE auth_token SET last_used = used.at FROM (\
         SELECT token.id, noted.at FROM (\
             SELECT id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) noted (id, at) GROUP BY id\
         ) noted JOIN auth_token token ON token.id = noted.id \
         WHERE coalesce(token.last_used, 0) < noted.at OR token.last_used > $3 AND token.created <= $3 \
         ORDER BY token.id FOR UPDATE OF token SKIP LOCKED\
     ) used WHERE auth_token.id = used.id",
    "UPDATE auth_login SET last_used = used.at FROM (\
         SELECT login.id, noted.at FROM (\
             SELECT token.login_id AS id, max(at) AS at FROM unnest($1::bigint[], $2::bigint[]) noted (id, at) \
             JOIN auth_token token ON token.id = noted.id GROUP BY token.login_id\
         ) noted JOIN auth_login login ON login.id = noted.id \
         WHERE login.last_used < noted.at OR login.last_used > $3 AND login.created <= $3 \
         ORDER BY login.id FOR UPDATE OF login SKIP LOCKED\
     ) used WHERE auth_login.id = used.id",
];
