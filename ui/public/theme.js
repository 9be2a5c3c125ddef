// Sets the theme before the first paint. Kept apart from the bundle because the content security
// policy allows no inline script. The choice ("light", "dark" or "system") is stored by the browser.
(() => {
  const key = "mendwatch.theme";
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const apply = () => {
    let choice = "system";
    try {
      choice = localStorage.getItem(key) || "system";
    } catch {
      // Storage is off: follow the system.
    }
    const theme = choice === "dark" || (choice === "system" && dark.matches) ? "dark" : "light";
    document.documentElement.dataset.theme = theme;
  };
  apply();
  dark.addEventListener("change", apply);
  window.addEventListener("storage", apply);
  window.addEventListener("mendwatch:theme", apply);
})();
