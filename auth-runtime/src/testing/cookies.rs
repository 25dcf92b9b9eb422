//! The cookies of a [`Client`](super::Client), by the browser rules that concern one host (RFC 6265 section 5).

use std::collections::BTreeMap;

/// Cookies by name and path. They last until the server removes them, since the clock of a test belongs to the server.
#[derive(Default)]
pub(super) struct Cookies(BTreeMap<(String, String), String>);

impl Cookies {
    /// Applies a `Set-Cookie` header of the response to a request for `path`.
    pub(super) fn set(&mut self, header: &str, path: &str, https: bool) {
        let mut parts = header.split(';').map(str::trim);
        let Some((name, value)) = parts.next().and_then(|pair| pair.split_once('=')) else { return };
        let (mut secure, mut domain, mut gone, mut below) = (false, false, false, default_path(path));
        for attribute in parts {
            let (attribute, value) = attribute.split_once('=').unwrap_or((attribute, ""));
            match attribute.to_ascii_lowercase().as_str() {
                "secure" => secure = true,
                "domain" => domain = true,
                "max-age" => gone = value.parse::<i64>().is_ok_and(|seconds| seconds <= 0),
                "path" if value.starts_with('/') => value.clone_into(&mut below),
                _ => {}
            }
        }
        let host_only = secure && !domain && below == "/";
        let refused = (secure && !https)
            || (name.starts_with("__Host-") && !host_only)
            || (name.starts_with("__Secure-") && !secure);
        if refused {
            return;
        }
        let key = (name.trim().to_owned(), below);
        if gone {
            self.0.remove(&key);
        } else {
            self.0.insert(key, value.trim().to_owned());
        }
    }

    /// Sets a cookie for the whole host.
    pub(super) fn put(&mut self, name: &str, value: &str) {
        self.0.insert((name.to_owned(), "/".to_owned()), value.to_owned());
    }

    /// Returns the value of a cookie with this name.
    pub(super) fn value(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|((key, _), _)| key == name).map(|(_, value)| value.as_str())
    }

    /// Returns the `Cookie` header of a request for `path`.
    pub(super) fn header(&self, path: &str) -> Option<String> {
        let sent = self.0.iter().filter(|((_, below), _)| is_below(path, below));
        let pairs: Vec<String> = sent.map(|((name, _), value)| format!("{name}={value}")).collect();
        (!pairs.is_empty()).then(|| pairs.join("; "))
    }

    pub(super) fn clear(&mut self) {
        self.0.clear();
    }
}

/// RFC 6265 section 5.1.4.
fn default_path(path: &str) -> String {
    match path.rfind('/') {
        None | Some(0) => "/".to_owned(),
        Some(at) => path[..at].to_owned(),
    }
}

/// RFC 6265 section 5.1.4.
fn is_below(path: &str, below: &str) -> bool {
    path.strip_prefix(below).is_some_and(|rest| rest.is_empty() || below.ends_with('/') || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cookie_comes_back_below_its_path_alone() {
        let mut cookies = Cookies::default();
        cookies.set("a=1; Path=/auth", "/", true);
        cookies.set("b=2", "/auth/login", true);
        cookies.set("c=3; path=/", "/auth/login", true);
        assert_eq!(cookies.header("/auth").as_deref(), Some("a=1; b=2; c=3"));
        assert_eq!(cookies.header("/auth/x").as_deref(), Some("a=1; b=2; c=3"));
        assert_eq!(cookies.header("/author").as_deref(), Some("c=3"));
    }

    #[test]
    fn cookie_that_its_prefix_or_scheme_forbids_is_refused() {
        let mut cookies = Cookies::default();
        for refused in ["__Host-a=1; Path=/", "__Host-a=1; Path=/x; Secure", "__Host-a=1; Path=/; Secure; Domain=x"] {
            cookies.set(refused, "/", true);
        }
        cookies.set("__Secure-a=1", "/", true);
        cookies.set("a=1; Secure", "/", false);
        assert_eq!(cookies.header("/"), None);
        cookies.set("__Host-a=1; Path=/; Secure; HttpOnly", "/login/", true);
        assert_eq!(cookies.header("/").as_deref(), Some("__Host-a=1"));
    }

    #[test]
    fn a_cookie_without_age_is_gone() {
        let mut cookies = Cookies::default();
        cookies.set("a=1; Path=/; Max-Age=60", "/", true);
        assert_eq!(cookies.value("a"), Some("1"));
        cookies.set("a=; Path=/; Max-Age=0", "/", true);
        assert_eq!((cookies.value("a"), cookies.header("/")), (None, None));
    }
}
