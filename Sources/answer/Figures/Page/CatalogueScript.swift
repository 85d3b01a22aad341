/// The script of a catalogue, which sorts its table; without it the table is in the order of names.
enum CatalogueScript {
  /// The text, all of which the page's policy names by its checksum.
  static let text = #"""
    (() => {
      const table = document.querySelector("table");
      if (!table) return;
      const heads = [...table.tHead.rows[0].cells];
      const key = (row, column) => {
        const cell = row.cells[column], number = cell.querySelector("data");
        return cell.hasAttribute("data-missing") ? null : number ? Number(number.value) : cell.textContent.trim();
      };
      const compare = (x, y) => typeof x === "number" && typeof y === "number" ? x - y
        : String(x).localeCompare(String(y), "en", { numeric: true });
      const sort = (column, falls) => {
        const rows = [...table.tBodies[0].rows];
        rows.sort((a, b) => {
          const x = key(a, column), y = key(b, column);
          if (x === null || y === null) return (x === null) - (y === null);
          return falls ? compare(y, x) : compare(x, y);
        });
        table.tBodies[0].append(...rows);
        heads.forEach((head, index) => head.setAttribute("aria-sort",
          index !== column ? "none" : falls ? "descending" : "ascending"));
        choice.value = String(column);
        direction.checked = falls;
      };
      const choice = document.createElement("select"), direction = document.createElement("input");
      direction.type = "checkbox";
      heads.forEach((head, index) => {
        const button = document.createElement("button");
        button.type = "button";
        button.append(...head.childNodes);
        button.addEventListener("click", () => sort(index, head.getAttribute("aria-sort") === "ascending"));
        head.append(button);
        choice.add(new Option(head.textContent, String(index)));
      });
      const again = () => sort(Number(choice.value), direction.checked);
      choice.addEventListener("change", again);
      direction.addEventListener("change", again);
      const label = (text, input) => {
        const element = document.createElement("label");
        element.append(text, input);
        return element;
      };
      const bar = document.createElement("p");
      bar.className = "sorting";
      bar.append(label("Sort by ", choice), label("descending ", direction));
      table.parentElement.before(bar);
      const begin = () => {
        const words = decodeURIComponent(location.hash.slice(1)).split(":");
        const column = heads.findIndex(head => head.dataset.key === words[0]);
        if (column >= 0) sort(column, words[1] === "descending");
      };
      addEventListener("hashchange", begin);
      begin();
    })();
    """#

  /// The checksum of the text: SHA-256, in base 64.
  static let checksum = "uAzjnyraOEb/brQsvYCycptk4QNgd2/dHPhUF9MvZnI="
}
