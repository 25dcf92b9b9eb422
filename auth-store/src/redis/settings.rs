//! Checks the settings of Redis when a store is opened.

use std::collections::HashMap;

use redis::RedisResult;

use super::call::Redis;

type Setting = RedisResult<HashMap<String, String>>;

impl Redis {
    /// Logs a warning for settings with which logins get lost or become valid again. Does nothing if the server does not reveal
    /// them.
    pub(super) async fn check_settings(&self) {
        let mut replies = Vec::new();
        for name in ["maxmemory-policy", "appendonly"] {
            // One command per setting: several at once need Redis 7.
            let mut command = redis::cmd("CONFIG");
            command.arg("GET").arg(name);
            let reply: Setting = match self.call().query(&command).await {
                Ok(reply) => reply,
                Err(_) => return,
            };
            replies.push(reply);
        }
        for warning in warnings(replies) {
            tracing::warn!(target: "auth::store", "{warning}");
        }
    }
}

/// Returns the warnings for the replies to `CONFIG GET`.
fn warnings(replies: Vec<Setting>) -> Vec<String> {
    let settings: HashMap<_, _> = replies.into_iter().flatten().flatten().collect();
    let mut warnings = Vec::new();
    if let Some(policy) = settings.get("maxmemory-policy").filter(|policy| *policy != "noeviction") {
        warnings.push(format!(
            "Redis evicts keys when its memory is full (`maxmemory-policy {policy}`): users are logged out, and what was used \
             once can be used again; set `maxmemory-policy noeviction`"
        ));
    }
    if settings.get("appendonly").is_some_and(|appendonly| appendonly == "no") {
        warnings.push(
            "Redis forgets changes when it ends (`appendonly no`): logins that were ended one by one may be good again, and what \
             was used once can be used again; set `appendonly yes`"
                .to_owned(),
        );
    }
    warnings
}

#[cfg(test)]
mod tests {
    use redis::{ErrorKind, RedisError};

    use super::*;

    #[allow(clippy::unnecessary_wraps)] // a reply, as the server gives it
    fn reply(name: &str, value: &str) -> Setting {
        Ok(HashMap::from([(name.to_owned(), value.to_owned())]))
    }

    #[test]
    fn risky_settings_cause_warnings() {
        let said = warnings(vec![reply("maxmemory-policy", "allkeys-lru"), reply("appendonly", "no")]);
        assert_eq!(said.len(), 2);
        assert!(said[0].contains("`maxmemory-policy allkeys-lru`") && said[0].contains("noeviction"), "{said:?}");
        assert!(said[1].contains("`appendonly no`") && said[1].contains("`appendonly yes`"), "{said:?}");
    }

    #[test]
    fn recommended_settings_cause_no_warnings() {
        assert!(warnings(vec![reply("maxmemory-policy", "noeviction"), reply("appendonly", "yes")]).is_empty());
    }

    #[test]
    fn hidden_settings_cause_no_warnings() {
        let forbidden = || Err(RedisError::from((ErrorKind::Client, "NOPERM")));
        assert!(warnings(vec![forbidden(), forbidden()]).is_empty());
        assert!(warnings(vec![Ok(HashMap::new()), forbidden()]).is_empty(), "as some hosts answer");
    }
}
