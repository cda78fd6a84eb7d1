/** Opens a page in `$BROWSER`, else in the desktop's default browser. Does not wait, and ignores a missing browser. */
export function openPage(url: string): void {
  void import('node:child_process').then(({ spawn }) => {
    const child = spawn(process.env.BROWSER || 'xdg-open', [url], { detached: true, stdio: 'ignore' });
    child.on('error', () => {});
    child.unref();
  });
}
