//! [`Here`]: the path of a request within the pages, and where they are mounted.

use axum::extract::{OriginalUri, Request};
use http::Method;

/// The location of a request. Links are relative to it, so they work wherever the pages are mounted.
#[derive(Debug, Clone)]
pub(crate) struct Here {
    /// The relative path from this page to the mount point: `./`, `../`, and so on.
    up: String,
    /// The path within the pages, with the query.
    path: String,
    is_get: bool,
}

impl Here {
    /// Returns the location of `request`, as seen inside all `nest`s.
    pub(crate) fn of(request: &Request) -> Self {
        let inner = request.uri().path();
        let outer = request.extensions().get::<OriginalUri>().map_or(inner, |OriginalUri(uri)| uri.path());
        let up = match outer.rsplit_once('/') {
            // Mounted at `/admin`, the start page has no trailing slash, so relative links would miss the mount point.
            Some((_, last)) if inner == "/" && !last.is_empty() => format!("./{last}/"),
            _ => match inner.matches('/').count() {
                0 | 1 => "./".to_owned(),
                slashes => "../".repeat(slashes - 1),
            },
        };
        let path = request.uri().path_and_query().map_or_else(|| inner.to_owned(), ToString::to_string);
        Self { up, path, is_get: matches!(*request.method(), Method::GET | Method::HEAD) }
    }

    /// Returns the link to a path within the pages, such as `users/5`.
    pub(crate) fn link(&self, path: &str) -> String {
        format!("{}{path}", self.up)
    }

    /// Returns the link to a path with one parameter.
    pub(crate) fn link_with(&self, path: &str, name: &str, value: &str) -> String {
        format!("{}{path}?{}", self.up, query(&[(name, value)]))
    }

    /// Returns the link to the page that the user wanted before signing in.
    pub(crate) fn link_back(&self, next: &str) -> String {
        self.link(local(next).unwrap_or("users"))
    }

    /// Returns the link to the sign-in page, which leads back to the page of this request.
    pub(crate) fn sign_in(&self) -> String {
        let wanted = if self.is_get { self.path.as_str() } else { page_behind(&self.path) };
        self.link_with("sign-in", "next", wanted)
    }
}

/// Returns a query with these parameters.
pub(crate) fn query(parameters: &[(&str, &str)]) -> String {
    serde_urlencoded::to_string(parameters).unwrap_or_default()
}

/// Returns the page of a form's address: `/users/5` for `/users/5/disable`. The forms of clients are sent to the page's own
/// address.
fn page_behind(path: &str) -> &str {
    match path.match_indices('/').nth(2) {
        Some((end, _)) if path.starts_with("/users/") => &path[..end],
        _ => path,
    }
}

/// Returns `next` without its leading slash if it leads to a page. Appended to [`Here::up`], it always stays on this host.
/// Paths that leave the pages, or contain characters that are not valid in a URL, are rejected anyway.
fn local(next: &str) -> Option<&str> {
    let path =
        next.strip_prefix('/').filter(|path| !path.is_empty() && path.bytes().all(|byte| byte.is_ascii_graphic()))?;
    let before_query = path.split(['?', '#']).next().unwrap_or_default().replace('\\', "/");
    let climbs = before_query.to_ascii_lowercase().replace("%2e", ".").split('/').any(|segment| segment == "..");
    (!climbs).then_some(path)
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    fn here(outer: &str, inner: &str) -> Here {
        let mut request = Request::get(inner).body(Body::empty()).unwrap();
        request.extensions_mut().insert(OriginalUri(outer.parse().unwrap()));
        Here::of(&request)
    }

    #[test]
    fn links_are_relative_to_the_mount_point() {
        for (outer, inner, link) in [
            ("/admin", "/", "./admin/users"),
            ("/admin/", "/", "./users"),
            ("/", "/", "./users"),
            ("/a/b:c", "/", "./b:c/users"),
            ("/admin/users", "/users", "./users"),
            ("/admin/users/5", "/users/5", "../users"),
            ("/a/b/users/5/disable", "/users/5/disable", "../../users"),
            ("/admin/users/", "/users/", "../users"),
        ] {
            assert_eq!(here(outer, inner).link("users"), link, "{outer}");
        }
    }

    #[test]
    fn sign_in_link_contains_the_wanted_page() {
        let get = here("/admin/users/5?a=%26", "/users/5?a=%26");
        assert_eq!(get.sign_in(), "../sign-in?next=%2Fusers%2F5%3Fa%3D%2526");
        for (posted, page) in [
            ("/users/5/disable", "/users/5"),
            ("/users/5/logins/end?x", "/users/5"),
            ("/users/5", "/users/5"),
            ("/clients/edit?name=web", "/clients/edit?name=web"),
            ("/clients/new", "/clients/new"),
        ] {
            assert_eq!(page_behind(posted), page, "{posted}");
        }
    }

    #[test]
    fn sign_in_redirects_only_to_the_pages() {
        let here = here("/admin/sign-in", "/sign-in");
        assert_eq!(here.link_back("/users/5?search=a..b%2F../"), "./users/5?search=a..b%2F../");
        for other in [
            "",
            "/",
            "users",
            "/../secret",
            "/users/..",
            "/%2e%2E/x",
            "/.%2e\\x",
            "/a\\..\\..\\b",
            "/a\r\nb",
            "/é",
            "https://evil.example",
            "javascript:x",
        ] {
            assert_eq!(here.link_back(other), "./users", "{other:?}");
        }
        // After the mount point, two slashes are a path and not a host.
        assert_eq!(here.link_back("//evil.example"), ".//evil.example");
    }
}
