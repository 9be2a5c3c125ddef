//! Hosts on both sides of a chunk's end.

use crate::fleet_of::{package, package_id, start};
use crate::plain;
use fleet::{Change, HostFacts, HostId, HostQuery, Index, PackagesQuery, Query, Sort, SortColumn};
use model::Role;

/// A chunk of postings covers this many hosts.
const CHUNK: i64 = 65_536;

fn host(id: i64, packages: &[usize]) -> Change {
    let inventory = packages.iter().map(|n| (package_id(0, *n), Role::Installed, false)).collect();
    Change::Host(Box::new(HostFacts { inventory, ..plain::host(id) }))
}

#[test]
fn the_end_of_a_chunk_is_no_border() {
    let mut index = Index::new(start());
    let reader = index.reader();
    let ids = [0, 5].map(|n| (package_id(0, n), package(0, n))).to_vec();
    // Ordinals are given in order of arrival: host 65,536 is the last of the first chunk.
    let mut changes = vec![Change::PackageIds(ids)];
    changes.extend((1..=CHUNK + 4).map(|id| host(id, if id % 2 == 0 { &[0, 5] } else { &[0] })));
    let applied = index.apply(1, changes);
    assert_eq!((applied.hosts.len() as i64, applied.judged), (CHUNK + 4, 2), "each package is judged once");

    let snapshot = reader.snapshot();
    let count = |text: &str| reader.snapshot().evaluate(&Query::parse(text).unwrap(), None).len() as i64;
    assert_eq!((count(""), count("pkg:openssl"), count("pkg:bash")), (CHUNK + 4, CHUNK + 4, CHUNK / 2 + 2));
    let around = snapshot.evaluate(&Query::parse("host-06553 or host-06554").unwrap(), None);
    assert_eq!(around.iter().collect::<Vec<_>>(), (65_529..=65_539).collect::<Vec<_>>());

    // A page that crosses the end.
    let sort = Sort { column: SortColumn::Hostname, descending: false };
    let filter = Query::parse("host-06553 or host-06554").unwrap();
    let mut query = HostQuery { filter, sort, limit: 7, cursor: None };
    let mut names = vec![];
    for _ in 0..2 {
        let page = snapshot.hosts(&query, None).page;
        names.extend(page.items.into_iter().map(|host| host.hostname.to_string()));
        query.cursor = page.next;
    }
    assert_eq!(names, (65_530..=65_540).map(|id| format!("host-{id:06}")).collect::<Vec<_>>());
    assert_eq!(query.cursor, None);

    // Hosts beside the end change and go; their places are given to others.
    let gone = [CHUNK, CHUNK + 1];
    let mut changes: Vec<Change> = gone.iter().map(|id| Change::HostGone(HostId(*id))).collect();
    changes.push(host(CHUNK + 2, &[]));
    let applied = index.apply(2, changes);
    assert_eq!(applied.hosts, [HostId(CHUNK), HostId(CHUNK + 1), HostId(CHUNK + 2)]);
    assert_eq!((count(""), count("pkg:openssl"), count("pkg:bash")), (CHUNK + 2, CHUNK + 1, CHUNK / 2));
    index.apply(3, vec![host(900_001, &[5]), host(900_002, &[5])]);
    assert_eq!((count(""), count("pkg:openssl"), count("pkg:bash")), (CHUNK + 4, CHUNK + 1, CHUNK / 2 + 2));
    let rows = reader.snapshot().packages(&PackagesQuery { limit: 5, ..PackagesQuery::default() }, None).items;
    assert_eq!(rows.iter().map(|row| row.hosts as i64).collect::<Vec<_>>(), [CHUNK + 1, CHUNK / 2 + 2]);
    // The snapshot from before knows nothing of it.
    assert_eq!(snapshot.overview(None).hosts.total as i64, CHUNK + 4);
    assert_eq!(snapshot.host(HostId(CHUNK), None).unwrap().packages, 2);
}

/// The host that a cursor names may have gone, or have another name, when the next page is asked
/// for: the listing goes on behind where it stood.
#[test]
fn a_cursor_outlives_its_host() {
    let mut index = Index::new(start());
    let reader = index.reader();
    let ids = [0, 5].map(|n| (package_id(0, n), package(0, n))).to_vec();
    index.apply(1, vec![Change::PackageIds(ids)]);
    index.apply(2, (1..=9).map(|id| host(id, if id < 5 { &[0] } else { &[0, 5] })).collect());
    let page = |sort: &str, limit, cursor| {
        let query = HostQuery { sort: sort.parse().unwrap(), limit, cursor, ..HostQuery::default() };
        let page = reader.snapshot().hosts(&query, None).page;
        (page.items.iter().map(|host| host.id.0).collect::<Vec<_>>(), page.next)
    };
    let sorts = ["hostname", "-hostname", "packages", "-packages"];
    let cursors = sorts.map(|sort| page(sort, 3, None));
    let first = cursors.each_ref().map(|(ids, _)| ids.clone());
    assert_eq!(first, [vec![1, 2, 3], vec![9, 8, 7], vec![1, 2, 3], vec![5, 6, 7]]);

    // Hosts 3 and 7 are where the pages ended: one goes, the other gets a name before all others.
    let Change::Host(mut renamed) = host(7, &[0, 5]) else { unreachable!() };
    renamed.hostname = "a".into();
    index.apply(3, vec![Change::HostGone(HostId(3)), Change::Host(renamed)]);
    let rest = |n: usize| page(sorts[n], 9, cursors[n].1.clone());
    assert_eq!(rest(0), (vec![4, 5, 6, 8, 9], None));
    assert_eq!(rest(1), (vec![6, 5, 4, 2, 1, 7], None), "with its new name it stands further on");
    assert_eq!(rest(2), (vec![4, 7, 5, 6, 8, 9], None));
    assert_eq!(rest(3), (vec![8, 9, 1, 2, 4], None));

    // The first of all went too: what is left is all behind it.
    let (_, before_all) = page("hostname", 1, None);
    index.apply(4, vec![Change::HostGone(HostId(7))]);
    assert_eq!(page("hostname", 9, before_all).0, [1, 2, 4, 5, 6, 8, 9]);
}
