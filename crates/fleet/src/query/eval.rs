//! From a query to a set of hosts.
