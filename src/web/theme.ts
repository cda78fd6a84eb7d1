// Runs before anything is drawn, so that a dark page never flashes white.
try {
  const theme = localStorage.getItem('aurora.theme');
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme;
} catch {
  // Storage is switched off: the system's theme.
}
