//! Tables whose columns are as wide as their content and shrink to fit the terminal.

use super::{Look, printable};
use anstyle::Style;
use unicode_width::{UnicodeWidthChar as _, UnicodeWidthStr as _};

/// Spaces between columns.
const GAP: usize = 2;
/// No column shrinks below this, however narrow the terminal.
const NARROWEST: usize = 6;

/// A column.
#[derive(Debug, Clone, Copy)]
pub struct Column {
    /// Its title, may be empty.
    pub title: &'static str,
    /// Numbers stand at the right.
    pub right: bool,
    /// How early it gives way when the line is too long: the greatest first. 0 never shrinks.
    pub yields: u8,
}

/// A cell: foreign or own text in a style.
#[derive(Debug, Clone, Default)]
pub struct Cell {
    text: String,
    style: Style,
}

impl Cell {
    /// A cell; what could steer the terminal is escaped.
    #[must_use]
    pub fn new(text: &str) -> Self {
        Self { text: printable(text).into_owned(), style: Style::new() }
    }

    /// The same in a style.
    #[must_use]
    pub const fn styled(mut self, style: Style) -> Self {
        self.style = style;
        self
    }
}

impl From<&str> for Cell {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Cell {
    fn from(text: String) -> Self {
        Self::new(&text)
    }
}

/// Lays the rows out in lines, titles first, each indented by `indent` spaces. Columns that are
/// empty in every row are left out.
#[must_use]
pub fn table(look: Look, indent: usize, columns: &[Column], rows: &[Vec<Cell>]) -> Vec<String> {
    let shown: Vec<usize> = (0..columns.len())
        .filter(|at| rows.iter().any(|row| row.get(*at).is_some_and(|cell| !cell.text.is_empty())))
        .collect();
    let columns: Vec<Column> = shown.iter().filter_map(|at| columns.get(*at).copied()).collect();
    let rows: Vec<Vec<Cell>> =
        rows.iter().map(|row| shown.iter().map(|at| row.get(*at).cloned().unwrap_or_default()).collect()).collect();
    let widths = widths(look, indent, &columns, &rows);
    let titles: Vec<Cell> = columns.iter().map(|column| Cell::new(column.title).styled(super::styles::DIM)).collect();
    let has_titles = columns.iter().any(|column| !column.title.is_empty());
    has_titles
        .then_some(&titles)
        .into_iter()
        .chain(&rows)
        .map(|row| line(look, indent, &columns, &widths, row))
        .collect()
}

fn widths(look: Look, indent: usize, columns: &[Column], rows: &[Vec<Cell>]) -> Vec<usize> {
    let mut widths: Vec<usize> = columns
        .iter()
        .enumerate()
        .map(|(at, column)| {
            let widest = rows.iter().filter_map(|row| row.get(at)).map(|cell| cell.text.width()).max().unwrap_or(0);
            widest.max(column.title.width())
        })
        .collect();
    let Some(terminal) = look.width else { return widths };
    let gaps = GAP * columns.len().saturating_sub(1);
    let mut order: Vec<usize> = (0..columns.len()).filter(|at| columns[*at].yields > 0).collect();
    order.sort_by_key(|at| std::cmp::Reverse(columns[*at].yields));
    for at in order {
        let total = indent + gaps + widths.iter().sum::<usize>();
        let excess = total.saturating_sub(terminal);
        widths[at] = widths[at].saturating_sub(excess).max(NARROWEST.min(widths[at]));
    }
    widths
}

fn line(look: Look, indent: usize, columns: &[Column], widths: &[usize], row: &[Cell]) -> String {
    let mut line = " ".repeat(indent);
    let mut blank = 0;
    for (at, ((column, width), cell)) in columns.iter().zip(widths).zip(row).enumerate() {
        if at > 0 {
            blank += GAP;
        }
        let text = fitted(look, &cell.text, *width);
        let space = width.saturating_sub(text.width());
        let (before, after) = if column.right { (space, 0) } else { (0, space) };
        if text.is_empty() {
            blank += width;
            continue;
        }
        // Spaces are written only when something follows: no line ends in them.
        line.extend(std::iter::repeat_n(' ', blank + before));
        line.push_str(&look.paint(cell.style, &text));
        blank = after;
    }
    line
}

/// The text, cut to a width with a mark that something is missing.
#[must_use]
pub fn fitted(look: Look, text: &str, width: usize) -> String {
    if text.width() <= width {
        return text.to_owned();
    }
    let mark = look.symbol("…", "~");
    let (mut cut, mut used) = (String::new(), 0);
    for c in text.chars() {
        let wide = c.width().unwrap_or(0);
        if used + wide + 1 > width {
            break;
        }
        used += wide;
        cut.push(c);
    }
    cut.push_str(mark);
    cut
}

#[cfg(test)]
mod tests {
    use super::*;

    const COLUMNS: &[Column] = &[
        Column { title: "NAME", right: false, yields: 0 },
        Column { title: "FROM", right: false, yields: 2 },
        Column { title: "EMPTY", right: false, yields: 0 },
        Column { title: "SIZE", right: true, yields: 0 },
        Column { title: "NOTE", right: false, yields: 1 },
    ];

    fn rows() -> Vec<Vec<Cell>> {
        [["openssl", "bookworm-security", "", "12", ""], ["vim", "bookworm", "", "7", "a long note about it"]]
            .map(|row| row.map(Cell::from).to_vec())
            .to_vec()
    }

    #[test]
    fn columns_are_as_wide_as_their_content() {
        assert_eq!(
            table(Look::PLAIN, 2, COLUMNS, &rows()),
            [
                "  NAME     FROM               SIZE  NOTE",
                "  openssl  bookworm-security    12",
                "  vim      bookworm              7  a long note about it",
            ]
        );
    }

    #[test]
    fn the_most_yielding_column_shrinks_first() {
        let narrow = |width| table(Look { width: Some(width), ..Look::PLAIN }, 2, COLUMNS, &rows());
        assert_eq!(
            narrow(50),
            [
                "  NAME     FROM         SIZE  NOTE",
                "  openssl  bookworm-s…    12",
                "  vim      bookworm        7  a long note about it",
            ]
        );
        assert_eq!(
            narrow(32),
            ["  NAME     FROM    SIZE  NOTE", "  openssl  bookw…    12", "  vim      bookw…     7  a long…"]
        );
        for width in 32..80 {
            for line in narrow(width) {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn wide_characters_take_two_columns() {
        assert_eq!(fitted(Look::PLAIN, "漢字漢字", 5), "漢字…");
        assert_eq!(fitted(Look { unicode: false, ..Look::PLAIN }, "abcdef", 4), "abc~");
    }
}
