//! Which kernel GRUB boots next: `grub.cfg`, `GRUB_DEFAULT` and the saved entry.
//!
//! Source: the GRUB manual, "Simple configuration" and "Multi-boot manual config". An entry is named
//! by its number from 0, its title or its id; entries of submenus by a path with `>`. With `blscfg` there
//! are also those of the boot loader specification, by the name of their file:
//! <https://uapi-group.org/specifications/specs/boot_loader_specification/>.

use crate::Root;

/// What will boot.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Next {
    /// The kernel of this release.
    Release(String),
    /// The menu can't be read; the settings say its first entry.
    First,
    /// The entry of the boot loader specification with this id.
    Entry(String),
    /// The settings name an entry that can't be found.
    Unknown,
}

const CONFIGS: &[&str] = &["/boot/grub/grub.cfg", "/boot/grub2/grub.cfg"];
const ENVIRONMENTS: &[&str] = &["/boot/grub/grubenv", "/boot/grub2/grubenv"];
const MOST_BYTES: u64 = 4 << 20;
const MOST_DEPTH: usize = 20;

pub(super) fn next(root: &Root) -> Next {
    let default = setting(&root.text("/etc/default/grub", MOST_BYTES).unwrap_or_default(), "GRUB_DEFAULT");
    let environment = ENVIRONMENTS.iter().find_map(|path| root.text(path, MOST_BYTES).ok()).unwrap_or_default();
    // An entry for the next boot only comes before everything else.
    let once = setting(&environment, "next_entry");
    let saved = || Some(setting(&environment, "saved_entry")).filter(|saved| !saved.is_empty());
    let wanted = match (once.as_str(), default.as_str()) {
        ("", "saved") => saved().unwrap_or_else(|| "0".to_owned()),
        ("", "") => "0".to_owned(),
        ("", default) => default.to_owned(),
        (once, _) => once.to_owned(),
    };
    let config = CONFIGS.iter().find_map(|path| root.text(path, MOST_BYTES).ok()).unwrap_or_default();
    let menu = parse(&config);
    // Entries of the boot loader specification (Fedora, Enterprise Linux from 8 on) come before the menu's own,
    // which then are the firmware's settings and the like.
    let has_entries = config.lines().any(|line| line.trim() == "blscfg");
    match find(&menu, &wanted) {
        _ if wanted == "0" && (menu.is_empty() || has_entries) => Next::First,
        Some(release) => Next::Release(release),
        None if has_entries => Next::Entry(wanted),
        None => Next::Unknown,
    }
}

/// The last value of a shell assignment.
fn setting(text: &str, name: &str) -> String {
    let value = text.lines().rev().find_map(|line| line.trim().strip_prefix(name)?.strip_prefix('='));
    value.unwrap_or_default().trim().trim_matches(['"', '\'']).to_owned()
}

/// An entry of the menu, or a submenu.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Item {
    title: String,
    id: String,
    /// Release of the kernel that it loads.
    release: Option<String>,
    children: Vec<Item>,
}

fn parse(text: &str) -> Vec<Item> {
    // The items that are open, the menu itself first; `None` is any other block in braces.
    let mut open: Vec<Option<Item>> = vec![Some(Item::default())];
    for line in text.lines().map(str::trim) {
        let is_item = line.starts_with("menuentry ") || line.starts_with("submenu ");
        if is_item && line.ends_with('{') && open.len() < MOST_DEPTH {
            open.push(Some(item(line)));
        } else if line == "}" {
            if open.len() > 1
                && let Some(Some(done)) = open.pop()
                && let Some(parent) = open.iter_mut().rev().flatten().next()
            {
                parent.children.push(done);
            }
        } else if line.ends_with('{') && open.len() < MOST_DEPTH {
            open.push(None);
        } else if let Some(release) = kernel(line)
            && let Some(entry) = open.iter_mut().rev().flatten().next()
        {
            entry.release.get_or_insert(release);
        }
    }
    open.into_iter().flatten().next().map(|menu| menu.children).unwrap_or_default()
}

/// Title and id of `menuentry 'TITLE' ... $menuentry_id_option 'ID' {`.
fn item(line: &str) -> Item {
    let quoted: Vec<&str> = line.split(['\'', '"']).skip(1).step_by(2).collect();
    let id = line.split_once("$menuentry_id_option").or_else(|| line.split_once("--id"));
    let id = id.and_then(|(_, behind)| behind.trim().split(['\'', '"', ' ']).find(|word| !word.is_empty()));
    let title = quoted.first().copied().unwrap_or_default();
    Item { title: title.to_owned(), id: id.unwrap_or_default().to_owned(), ..Item::default() }
}

/// The release in `linux /boot/vmlinuz-RELEASE ...`.
fn kernel(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    words.next().filter(|word| matches!(*word, "linux" | "linux16" | "linuxefi"))?;
    let path = words.next()?;
    let name = path.rsplit_once('/').map_or(path, |(_, name)| name);
    name.strip_prefix("vmlinuz-").map(str::to_owned)
}

fn find(menu: &[Item], wanted: &str) -> Option<String> {
    // Titles hold `>` hardly ever; paths do.
    let (first, rest) = wanted.split_once('>').map_or((wanted, None), |(first, rest)| (first, Some(rest)));
    let by_number = first.trim().parse::<usize>().ok().and_then(|number| menu.get(number));
    let by_name = || menu.iter().find(|item| item.id == first || item.title == first);
    let item = by_number.or_else(by_name)?;
    match rest {
        Some(rest) => find(&item.children, rest),
        // A submenu is entered at its first entry.
        None if item.release.is_none() && !item.children.is_empty() => find(&item.children, "0"),
        None => item.release.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As update-grub of Debian 12 writes it, shortened.
    const CONFIG: &str = "if [ -s $prefix/grubenv ]; then\n  load_env\nfi\nfunction savedefault {\n  save_env\n}\n\
        menuentry 'Debian GNU/Linux' --class debian $menuentry_id_option 'gnulinux-simple-1' {\n\
        \tlinux\t/boot/vmlinuz-6.1.0-41-amd64 root=UUID=1 ro quiet\n}\n\
        submenu 'Advanced options for Debian GNU/Linux' $menuentry_id_option 'gnulinux-advanced-1' {\n\
        \tmenuentry 'Debian GNU/Linux, with Linux 6.1.0-41-amd64' $menuentry_id_option 'gnulinux-41' {\n\
        \t\tlinux\t/vmlinuz-6.1.0-41-amd64 root=x\n\t}\n\
        \tmenuentry 'Debian GNU/Linux, with Linux 6.1.0-40-amd64' $menuentry_id_option 'gnulinux-40' {\n\
        \t\tlinux\t/vmlinuz-6.1.0-40-amd64 root=x\n\t}\n}\n\
        menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {\n\tfwsetup\n}\n";

    #[test]
    fn finds_entries_by_number_title_id_and_path() {
        let menu = parse(CONFIG);
        assert_eq!(menu.len(), 3);
        let find = |wanted| find(&menu, wanted).unwrap_or_default();
        assert_eq!(find("0"), "6.1.0-41-amd64");
        assert_eq!(find("gnulinux-simple-1"), "6.1.0-41-amd64");
        assert_eq!(find("1>1"), "6.1.0-40-amd64");
        assert_eq!(find("1"), "6.1.0-41-amd64");
        let path = "Advanced options for Debian GNU/Linux>Debian GNU/Linux, with Linux 6.1.0-40-amd64";
        assert_eq!(find(path), "6.1.0-40-amd64");
        assert_eq!(find("gnulinux-advanced-1>gnulinux-40"), "6.1.0-40-amd64");
        assert_eq!(find("2"), "");
        assert_eq!(find("9"), "");
    }

    #[test]
    fn follows_the_settings() {
        let directory = tempfile::tempdir().unwrap();
        let root = Root::new(directory.path()).unwrap();
        let write = |path: &str, text: &str| {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        assert_eq!(next(&root), Next::First, "no GRUB at all");
        write("etc/default/grub", "# x\nGRUB_DEFAULT=saved\nGRUB_TIMEOUT=5\n");
        write("boot/grub/grubenv", "# GRUB Environment Block\nsaved_entry=gnulinux-advanced-1>gnulinux-40\n####");
        assert_eq!(next(&root), Next::Unknown, "the menu can't be read");
        write("boot/grub/grub.cfg", CONFIG);
        assert_eq!(next(&root), Next::Release("6.1.0-40-amd64".to_owned()));
        write("boot/grub/grubenv", "saved_entry=gnulinux-40\nnext_entry=0\n");
        assert_eq!(next(&root), Next::Release("6.1.0-41-amd64".to_owned()));
        write("boot/grub/grubenv", "");
        assert_eq!(next(&root), Next::Release("6.1.0-41-amd64".to_owned()), "nothing was saved: the first");
        write("etc/default/grub", "GRUB_DEFAULT=\"no such entry\"\n");
        assert_eq!(next(&root), Next::Unknown);
    }

    #[test]
    fn entries_of_the_boot_loader_specification_come_first() {
        let directory = tempfile::tempdir().unwrap();
        let root = Root::new(directory.path()).unwrap();
        let write = |path: &str, text: &str| {
            let path = directory.path().join(path);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        };
        // As grub2-mkconfig of Fedora writes it, shortened.
        let config = "insmod blscfg\nblscfg\nif [ x ]; then\n\
            menuentry 'UEFI Firmware Settings' $menuentry_id_option 'uefi-firmware' {\n\tfwsetup\n}\nfi\n";
        write("boot/grub2/grub.cfg", config);
        write("etc/default/grub", "GRUB_DEFAULT=saved\n");
        assert_eq!(next(&root), Next::First, "nothing was saved");
        write(
            "boot/grub2/grubenv",
            "# GRUB Environment Block\nsaved_entry=4a5b6c-5.14.0-362.8.1.el9_3.x86_64\nmenu_auto_hide=1\n####",
        );
        assert_eq!(next(&root), Next::Entry("4a5b6c-5.14.0-362.8.1.el9_3.x86_64".to_owned()));
        write("boot/grub2/grub.cfg", &config.replace("blscfg\n", "\n"));
        assert_eq!(next(&root), Next::Unknown);
    }

    proptest::proptest! {
        #![proptest_config(proptest::test_runner::Config::with_cases(64))]
        #[test]
        fn never_panics(text in "((menuentry|submenu|linux|if)? ?['\"a0 /{}-]{0,9}\n){0,20}") {
            let menu = parse(&text);
            let _ = find(&menu, "0>0");
        }
    }
}
