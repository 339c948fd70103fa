# SPDX-FileCopyrightText: 2026 The Onoma authors
# SPDX-License-Identifier: ISC

# Completion of onoma(1) for bash.

_onoma() {
  local current=${COMP_WORDS[COMP_CWORD]}
  local previous=${COMP_WORDS[COMP_CWORD - 1]}
  COMPREPLY=()
  case $previous in
    --sampler)
      mapfile -t COMPREPLY < <(compgen -W 'ddpm ddim dpm++2m euler unipc lcm few-step' -- "$current")
      return
      ;;
    --normalize)
      mapfile -t COMPREPLY < <(compgen -W 'peak loudness none' -- "$current")
      return
      ;;
    -f | --format)
      mapfile -t COMPREPLY < <(compgen -W 'wav flac ogg raw' -- "$current")
      return
      ;;
    -b | --bits)
      mapfile -t COMPREPLY < <(compgen -W '16 24 32 float' -- "$current")
      return
      ;;
    --cpu)
      mapfile -t COMPREPLY < <(compgen -W 'c avx2 avx512 avx512bf16 amx' -- "$current")
      return
      ;;
    -m | --model)
      mapfile -t COMPREPLY < <(compgen -d -- "$current")
      return
      ;;
    -o | --output | --init | --batch | info | again | picture)
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      return
      ;;
  esac
  if [[ $current == -* ]]; then
    mapfile -t COMPREPLY < <(compgen -W '--length --seed --steps --sampler --guidance --negative --eta
      --note --loop --init --strength --trim --normalize --output --format --bits --rate --count --batch
      --play --json --quiet --model --threads --cpu --help --version' -- "$current")
  elif ((COMP_CWORD == 1)); then
    mapfile -t COMPREPLY < <(compgen -W 'info again picture' -- "$current")
  fi
}

complete -F _onoma onoma
