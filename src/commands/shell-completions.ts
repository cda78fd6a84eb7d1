/**
 * Scripts that make shells ask `aurora complete`, which knows all commands. A candidate that ends in a slash can be
 * continued.
 */
export const SHELL_COMPLETIONS = {
  bash: `_aurora() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = ':files' ]; then
      compopt -o filenames 2> /dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "$2")
      return
    fi
    case "$line" in */) compopt -o nospace ;; esac
    COMPREPLY+=("$line")
  done < <("$1" complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2> /dev/null)
}
complete -F _aurora aurora aurora_admin
`,
  zsh: `#compdef aurora aurora_admin
_aurora() {
  local -a found going whole
  found=("\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2> /dev/null)}")
  if [[ "\${found[1]}" == ':files' ]]; then
    _files
    return
  fi
  going=("\${(@M)found:#*/}")
  whole=("\${(@)found:#*/}")
  whole=("\${(@)whole:#}")
  (( \${#going} )) && compadd -S '' -- "\${going[@]}"
  (( \${#whole} )) && compadd -- "\${whole[@]}"
}
compdef _aurora aurora aurora_admin
`,
  fish: `function __aurora_complete
    set -l words (commandline -opc) (commandline -ct)
    set -l found (command $words[1] complete -- $words[2..-1] 2> /dev/null)
    if test "$found[1]" = ':files'
        __fish_complete_path (commandline -ct)
    else
        printf '%s\\n' $found
    end
end
complete -c aurora -f -a '(__aurora_complete)'
complete -c aurora_admin -f -a '(__aurora_complete)'
`,
} as const;
