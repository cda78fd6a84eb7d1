// Runs before anything is drawn, so that a dark page does not flash white first.
try {
  const theme = localStorage.getItem('aurora.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off, so the system's theme applies.
}
