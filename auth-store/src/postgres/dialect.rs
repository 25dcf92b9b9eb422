//! What the statements of this database look like where SQLite and PostgreSQL differ.

use sqlx::postgres::{PgConnection, PgRow};

/// A connection of this database.
pub(super) type Connection = PgConnection;

/// A row of this database.
pub(super) type Row = PgRow;

/// At most `$3` accounts whose skeleton contains `$1`, by name, from the one after `$2` on.
pub(super) const LIST_ACCOUNTS: &str = "SELECT id, username, is_active, is_staff, epoch FROM auth_account \
     WHERE strpos(skeleton, $1 COLLATE \"C\") > 0 AND username > $2 ORDER BY username LIMIT $3";

/// Some accounts after the one with the id `$1` whose name has other characters than visible ones of ASCII.
pub(super) const OTHER_NAMES: &str =
    "SELECT id, username FROM auth_account WHERE id > $1 AND username ~ '[^!-~]' ORDER BY id LIMIT 500";

/// Begins a transaction.
pub(super) const BEGIN: &str = "BEGIN";

/// Whether a connection can end by itself.
pub(super) const MAY_BE_CUT: bool = true;

// Nobody waits for somebody who waits for him, since all lock in this order: an account, its logins, its tokens. Who locks
// several logins or tokens of an account has locked the account, or passes over what is locked.

/// Takes the account's epoch, and holds back every other call that takes or changes it.
pub(super) const LOCK_ACCOUNT: &str = "SELECT epoch FROM auth_account WHERE id = $1 FOR UPDATE";

/// Locks the accounts that have logins of the client `$1`.
pub(super) const LOCK_CLIENT: Option<&str> = Some(
    "SELECT id FROM auth_account WHERE id IN (SELECT account_id FROM auth_login WHERE client = $1) ORDER BY id FOR UPDATE",
);

/// Set the last uses of the tokens, or the logins, from the one after `$1` to `$2` that cannot lie after `$4` to `$3`. The next sweep has
/// those that somebody else holds.
pub(super) const CORRECT_TOKENS: &str = "UPDATE auth_token SET last_used = $3 WHERE id IN (\
     SELECT id FROM auth_token WHERE id > $1 AND id <= $2 AND last_used > $4 AND created <= $4 FOR UPDATE SKIP LOCKED)";
pub(super) const CORRECT_LOGINS: &str = "UPDATE auth_login SET last_used = $3 WHERE id IN (\
     SELECT id FROM auth_login WHERE id > $1 AND id <= $2 AND last_used > $4 AND created <= $4 FOR UPDATE SKIP LOCKED)";

/// Delete the tokens, or the logins, from the one after `$1` to `$2` that had expired by `$3`. The next sweep has those that
/// somebody else holds.
pub(super) const SWEEP_TOKENS: &str = "DELETE FROM auth_token WHERE id IN (SELECT id FROM auth_token WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR coalesce(last_used, created) <= $3 - idle_timeout) FOR UPDATE SKIP LOCKED)";
pub(super) const SWEEP_LOGINS: &str = "DELETE FROM auth_login WHERE id IN (SELECT id FROM auth_login WHERE id > $1 AND id <= $2 \
     AND (expires <= $3 OR last_used <= $3 - idle_timeout \
     OR digest IS NULL AND NOT EXISTS (SELECT 1 FROM auth_token token WHERE token.login_id = auth_login.id)) FOR UPDATE SKIP LOCKED)";

/// Note the last uses `$2` of the logins, or the tokens and their logins, `$1`. A row that somebody else holds is passed
/// over: it is being used or ended right now. A time after `$3` that is there cannot be right, unless that of
/// the beginning is none either.
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
