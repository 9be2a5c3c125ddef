//! Hosts of apk. Its program is not packaged for the systems that run these tests, so that no root is made by it: the
//! lists are written here in its format, with the packages of a real host and what it said itself was pending there.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "helpers of tests fail by panicking")]

mod cases;
mod host;
