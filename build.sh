#!/usr/bin/env bash
# Builds, serves, tests and measures the project; installs missing tools first.
set -euo pipefail
cd "$(dirname "$0")"

usage="usage: ./build.sh [serve|compress|test [--quick|consumers|page [NAME [BROWSER]]]|sanitize|audit|fuzz [SECONDS [TARGET...]]|parity|networks|soak|bench [batches|birds|live|memory|native|opening|questions|rise|speed]]
  (nothing)  build pkg/ (the npm package) and www/dist (the page)
  serve      build, then serve the page on http://localhost:8080
  compress   build, then write FILE.br and FILE.gz beside the page's files, for hosts that can send them
  test       set up what the tests need, and run all of them; slow tests that passed with the same files are skipped,
             unless ALL=1 is set, and so are those that take longer than is left of MINUTES
  test --quick
             check the page's lints and types, and test its logic without a browser: seconds
  test page  build, then run only the page's tests whose file or title contains NAME, in chromium (the default),
             firefox or webkit
  test consumers
             build the npm package, pack it, and use it as its README says: with bundlers, without, and in Node
  sanitize   run the kernels' tests under AddressSanitizer, with ROUNDS geometries (2000)
  audit      check licences, sources and known vulnerabilities of all dependencies, and that the crate's public interface is as
             supply/public-api.txt lists it (BLESS=1 renews the list)
  fuzz       feed every parser, or some of them, hostile input for SECONDS each (60)
  parity     compare every method with its oracle, and write docs/parity.md
  networks   make networks of every family in every kind of file, compare them with PyTorch, and write docs/networks.md
  soak       explain 500 times in one session, and write docs/soak.md and docs/soak.svg
  bench      run all benchmarks or one of them, and write BENCHMARKS.md, BENCHMARKS.json and
             tests/bench/figures; each names what became worse since these were committed"

# Bytes gzipped, of the package's wasm and of the page's light ones; the build fails beyond them.
largest_wasm=2500000
largest_light=900000
deny_version=0.20.2
public_api_version=0.52.0

# The names of the steps, and how long each took.
steps=() step="" begun=0
say() {
  [ -z "$step" ] || steps+=("$(printf '%5d s  %s' $((SECONDS - begun)) "$step")")
  step=$* begun=$SECONDS
  printf '\n\033[1m== %s\033[0m\n' "$*"
}

fail() { printf 'build.sh: %s\n' "$*" >&2; exit 1; }
have() { command -v "$1" >/dev/null 2>&1; }

# Installs Debian packages, as root or through sudo.
install_packages() {
  have apt-get || fail "please install $* (or their like) by hand: this is not a Debian system"
  local sudo=""
  [ "$(id -u)" = 0 ] || sudo="sudo"
  $sudo apt-get update -qq && $sudo env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@"
}

need_tools() {
  have cargo || fail "Rust is missing: install it from https://rustup.rs, then run this again"
  have node && have npm || fail "Node.js 20 or newer is missing: install it from https://nodejs.org, then run this again"
  [ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || fail "Node.js $(node --version) is too old: 20 or newer is needed"
  if have rustup; then
    # rust-toolchain.toml names the toolchain with its components and target.
    rustup show active-toolchain >/dev/null 2>&1 || { say "Installing Rust's toolchain"; rustup toolchain install; }
    rustup target list --installed | grep -q wasm32-unknown-unknown || { say "Installing Rust's wasm target"; rustup target add wasm32-unknown-unknown; }
  fi
  have cc || { say "Installing a C linker"; install_packages gcc libc6-dev; }
}

# Runs a slow group of tests, unless it passed before with the same files, compiler and processor. Where MINUTES is set, a
# group that takes longer than is left of them is named and left for the next time, when those that ran are passed over.
unrun=()
ring() {
  local name=$1 minutes=$2 paths=$3 key
  shift 3
  # shellcheck disable=SC2086
  key=$({ git ls-files -z -- $paths Cargo.lock build.sh | xargs -0 sha256sum; rustc -V; grep -m1 -E 'flags|Features' /proc/cpuinfo || true; } | sha256sum)
  if [ "${ALL-}" != 1 ] && [ "$(cat "target/passed/$name" 2>/dev/null)" = "$key" ]; then
    say "$name: passed before with the same files"
    return
  fi
  if [ -n "${MINUTES-}" ] && [ $((SECONDS / 60 + minutes)) -gt "$MINUTES" ]; then
    say "$name: NOT RUN, since it takes $minutes minutes, and $MINUTES are given for everything"
    unrun+=("$name")
    return
  fi
  "$@"
  mkdir -p target/passed
  printf '%s\n' "$key" >"target/passed/$name"
}

# A Python environment with the packages of a list, in its own folder.
need_python() {
  local python=target/$1/python/bin/python
  # Asked for by its module, and not by its script, which names the folder that it was made in: another clone may have
  # made it.
  "$python" -m pip --version >/dev/null 2>&1 || python3 -m venv --clear "target/$1/python"
  "$python" -m pip install --quiet --requirement "$2"
}

# Installs a folder's npm packages from its lock file, unless they are there.
need_npm() {
  [ "$1/node_modules/.package-lock.json" -nt "$1/package-lock.json" ] || { say "Installing npm packages of $1"; (cd "$1" && npm ci --no-audit --no-fund); }
}

need_browser() {
  have "${CHROMIUM:-chromium}" || { say "Installing Chromium"; install_packages chromium fonts-dejavu-core; }
  # The software Vulkan driver serves the native GPU tests where there is no GPU.
  if ! ldconfig -p | grep -q libvulkan.so.1 || ! compgen -G '/usr/share/vulkan/icd.d/*.json' >/dev/null; then
    say "Installing the software Vulkan driver"
    install_packages libvulkan1 mesa-vulkan-drivers
  fi
}

# Chromium, and the other engines' browsers.
need_browsers() {
  need_browser
  have "${FIREFOX:-firefox-esr}" || { say "Installing Firefox"; install_packages firefox-esr; }
  have WebKitWebDriver && have Xvfb || { say "Installing WebKitGTK with its driver"; install_packages webkit2gtk-driver xvfb; }
}

# The page's tests in a browser, or some of them by Playwright's options.
test_page() {
  local browser=$1 projects=(--project "$1")
  shift
  [ "$browser" != chromium ] || projects=(--project page --project no-gpu)
  # What the page saves is read back by NumPy.
  need_python page tests/page/requirements.txt
  say "Testing the page in $browser"
  (cd tests/page && npm test --silent -- "${projects[@]}" "$@")
}

# The packed package in other people's set-ups.
test_consumers() {
  need_npm tests/consumers
  say "Testing the package with its consumers"
  (cd tests/consumers && npm test --silent)
}

# The page's logic, among others by random sequences of a person's actions.
test_logic() {
  say "Testing the page's logic"
  (cd www && SEQUENCES=$1 npm test --silent)
}

build_pkg() {
  # The licences of the page's packages are written with those of the wasm.
  need_npm www
  say "Building pkg/"
  cargo build --release --lib --target wasm32-unknown-unknown
  bindgen target/wasm32-unknown-unknown pkg c3lrp --types
  cp LICENSE-MIT LICENSE-APACHE pkg/
  (cd www && npm run --silent package)
  node supply/licences.mjs pkg/THIRD-PARTY.txt
  (cd www && npm run --silent inline)
  within_budget pkg/c3lrp_bg.wasm $largest_wasm
}

# Makes FOLDER/NAME.js and its wasm of the wasm that was built in a folder of target/: BUILT FOLDER NAME [--types].
bindgen() {
  local wasm=$1/release/c3lrp.wasm
  if [ ! "$2/$3_bg.wasm" -nt "$wasm" ]; then
    cargo run --release --quiet --package c3lrp-bindgen -- "$wasm" "${@:2}"
  fi
}

# Tells the size of a wasm, and fails if it is beyond its budget.
within_budget() {
  local size
  size=$(gzip -9 -c "$1" | wc -c)
  echo "$1: $(wc -c <"$1") bytes, $size gzipped (at most $2)"
  [ "$size" -le "$2" ] || fail "$1 is larger than its budget"
}

# The wasm that opens the page has no part for the GPU. Engines with relaxed-simd get one that multiplies and adds at
# once. Cargo would build all of them into one file, and take it for either, so each has its own folder.
without_gpu=(--lib --no-default-features --target wasm32-unknown-unknown)
light=("${without_gpu[@]}" --target-dir target/light)
relaxed=("${without_gpu[@]}" --features relaxed-simd --target-dir target/relaxed)
build_light() {
  say "Building www/light/"
  cargo build --release "${light[@]}"
  bindgen target/light/wasm32-unknown-unknown www/light light
  # The dependencies are the same: they are copied, and not built once more.
  if [ ! target/relaxed -nt Cargo.lock ] || [ ! target/relaxed -nt Cargo.toml ]; then
    rm -rf target/relaxed
    cp -a target/light target/relaxed
    touch target/relaxed
  fi
  cargo build --release "${relaxed[@]}"
  bindgen target/relaxed/wasm32-unknown-unknown www/light light-relaxed
  within_budget www/light/light_bg.wasm $largest_light
  within_budget www/light/light-relaxed_bg.wasm $largest_light
}

build_page() {
  need_npm www/docs/reference
  build_light
  say "Building the page"
  (cd www/docs/reference && npm run --silent make)
  (cd www && npm run --silent build)
}

# Clippy as rustc's wrapper: it takes the dependencies as they were built, where \`cargo clippy\`
# would check all of them again. It passes over what was built just before. What it compiles is not run, so that it
# need not be optimised, which would take most of its time.
clippy() {
  local driver args
  printf -v args '%s__CLIPPY_HACKERY__' -Dwarnings -Copt-level=0 -Cdebug-assertions=off
  driver=$(rustup which clippy-driver 2>/dev/null || command -v clippy-driver)
  RUSTC_WORKSPACE_WRAPPER=$driver CLIPPY_ARGS=$args cargo build --release "$@"
}

lint() {
  say "Checking format and lints"
  cargo fmt --all --check
  touch src/lib.rs crates/*/src/{lib,main}.rs
  clippy --all-targets -p c3lrp-bindgen
  clippy --all-targets -p c3lrp-kernels -p c3lrp-pytorch
  clippy --all-targets --features cli
  clippy --lib --target wasm32-unknown-unknown
  clippy "${light[@]}" --features relaxed-simd
}

test_engine() {
  say "Testing the engine"
  cargo test --release --features cli
}

# The whole native suite with each set of vector instructions that this processor has, besides the best.
test_processors() {
  local processor
  for processor in avx2 portable; do
    [ "$processor" = portable ] || { grep -qw avx512f /proc/cpuinfo && grep -qw avx2 /proc/cpuinfo; } || continue
    say "Testing the engine with $processor"
    C3LRP_PROCESSOR=$processor cargo test --release --features cli --lib --test engine
  done
}

# AddressSanitizer checks what the kernels' unsafe lines read and write. It compiles only them, in its own folder.
sanitize() {
  say "Testing the kernels under AddressSanitizer"
  ROUNDS=$1 RUSTC_BOOTSTRAP=1 RUSTFLAGS=-Zsanitizer=address cargo test --release -p c3lrp-kernels \
    --target x86_64-unknown-linux-gnu --target-dir target/asan
}

# The kernels' NEON path, in an emulator.
test_arm() {
  local target=aarch64-unknown-linux-gnu
  have qemu-aarch64 && have aarch64-linux-gnu-gcc || {
    say "Installing an emulator and a linker for ARM"
    install_packages qemu-user gcc-aarch64-linux-gnu libc6-dev-arm64-cross
  }
  say "Testing the kernels on ARM, emulated"
  have rustup && rustup target add "$target" || {
    echo "Rust has no $target here, so that the NEON path is not tested; the others are."
    return
  }
  CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_LINKER=aarch64-linux-gnu-gcc \
    CARGO_TARGET_AARCH64_UNKNOWN_LINUX_GNU_RUNNER="qemu-aarch64 -L /usr/aarch64-linux-gnu" \
    cargo test --release -p c3lrp-kernels --target "$target" --target-dir target/aarch64
}

check_page() {
  say "Checking the page's lints and types"
  (cd www && npm run --silent lint && npm run --silent check)
}

# Seconds of the processor's time for each target, the targets one after the other. A target that finds
# something leaves the input in target/fuzz/TARGET/findings, and fails.
fuzz() {
  local seconds=$1 target finding
  shift
  [[ $seconds =~ ^[0-9]+$ ]] || fail "\"$seconds\" is no number of seconds"
  local targets=("$@") all
  all=$(cd fuzz/fuzz_targets && printf '%s ' *.rs | sed 's/\.rs//g')
  [ $# -gt 0 ] || read -ra targets <<<"$all"
  for target in "${targets[@]}"; do
    [ -f "fuzz/fuzz_targets/$target.rs" ] || fail "there is no fuzz target \"$target\"; there are $all"
  done
  have g++ || { say "Installing a C++ compiler"; install_packages g++; }
  say "Building the fuzz targets"
  RUSTC_WORKSPACE_WRAPPER=$PWD/fuzz/rustc cargo build --release -p c3lrp-fuzz
  # Copies, so that another build doesn't remove them.
  for target in "${targets[@]}"; do
    mkdir -p "target/fuzz/$target/corpus" "target/fuzz/$target/findings"
    cp --remove-destination "target/release/$target" "target/fuzz/$target/$target"
  done
  local rows="" found=0
  for target in "${targets[@]}"; do
    say "Fuzzing: $target"
    local folder=target/fuzz/$target spent=0 log=target/fuzz/$target.log TIMEFORMAT='%U %S'
    local grown=$folder/${fuzz_corpus-corpus}
    # A test begins with the tracked inputs only: inputs found by other runs would make its runs differ.
    [ "$grown" = "$folder/corpus" ] || rm -rf "$grown"
    mkdir -p "$grown"
    # Earlier findings that are fixed by now are inputs like any other.
    for finding in "$folder"/findings/*; do
      [ -f "$finding" ] && (ulimit -t 60; RUST_BACKTRACE=0 "$folder/$target" "$finding" >"$folder/again" 2>&1) || continue
      mv "$finding" "$folder/corpus/"
    done
    : >"$log"
    while [ "$spent" -lt "$seconds" ]; do
      # libFuzzer's own timeouts go by the clock, which runs on while a busy machine pauses this; the targets
      # see to slow inputs themselves, and the limit to endless ones.
      # A backtrace would exceed the memory bound, and never end.
      { time (ulimit -t $((seconds - spent + 60)); RUST_BACKTRACE=0 "$folder/$target" "$grown" "fuzz/corpus/$target" \
        -dict="fuzz/$target.dict" -seed="${fuzz_seed:-0}" -artifact_prefix="$folder/findings/" -timeout=0 -report_slow_units=1000000 \
        -max_total_time=$((seconds - spent)) -print_final_stats=1 >>"$log" 2>&1); } 2>"$folder/time" || break
      spent=$((spent + $(awk '{ spent = int($1 + $2); print spent ? spent : 1 }' "$folder/time")))
    done
    local runs coverage corpus findings
    runs=$(awk '/^stat::number_of_executed_units/ { sum += $2 } END { print sum + 0 }' "$log")
    read -r coverage corpus <<<"$(sed -n 's/.* cov: \([0-9]*\) .* corp: \([0-9]*\)\/.*/\1 \2/p' "$log" | tail -1)"
    findings=$(find "$folder/findings" -type f | wc -l)
    [ "$spent" -ge "$seconds" ] && [ "$findings" = 0 ] || { found=1; grep -v '^#' "$log" | tail -40; }
    rows+="| $target | $spent | $runs | $coverage | $corpus | $findings |"$'\n'
  done
  printf '\n| target | seconds | inputs | edges | corpus | findings |\n| --- | ---: | ---: | ---: | ---: | ---: |\n%s' "$rows"
  [ $found = 0 ] || fail "fuzzing found something; see target/fuzz"
}

# Installs one of cargo's tools in target/tools, unless it is there in its version. Unoptimised: it compiles in a third of
# the time, and runs for seconds.
need_cargo_tool() {
  [ "$("target/tools/bin/$1" --version 2>/dev/null)" != "$1 $2" ] || return 0
  say "Installing $1 $2"
  cargo install "$1" --version "$2" --locked --debug --root target/tools --target-dir target/tools/build
}

# The public interface is as listed; and what of the last release is gone from it.
check_api() {
  need_cargo_tool cargo-public-api $public_api_version
  say "The crate's public interface"
  mkdir -p target/api
  # Only rustdoc is given the unstable option, so that the dependencies are those of every other command; a flag of its
  # own has it run each time.
  RUSTDOC=$PWD/supply/rustdoc RUSTDOCFLAGS="-Zunstable-options --output-format=json --cfg=run$(date +%s%N)" \
    cargo doc --quiet --release --no-deps --lib --features cli -p c3lrp
  # A line for each public item, without the traits that are derived or that all types have.
  target/tools/bin/cargo-public-api -sss --rustdoc-json target/doc/c3lrp.json >target/api/now.txt
  [ "${BLESS-}" != 1 ] || cp target/api/now.txt supply/public-api.txt
  diff -u supply/public-api.txt target/api/now.txt || fail "the crate's public interface is not as supply/public-api.txt lists it.
If the change is meant, renew the list with BLESS=1 ./build.sh audit, commit it, and tell of it in CHANGELOG.md"

  local last gone
  last=$(git describe --tags --abbrev=0 --match 'v[0-9]*' 2>/dev/null) || {
    echo "There is no tag of a release yet, so that nothing can be compared with it."
    return
  }
  gone=$(LC_ALL=C comm -23 <(git show "$last:supply/public-api.txt" | LC_ALL=C sort) <(LC_ALL=C sort supply/public-api.txt))
  [ -z "$gone" ] || printf 'Gone or changed since %s, so that the next version has to say so:\n%s\n' "$last" "$gone"
}

case "${1-}" in
  "") need_tools; build_pkg; build_page ;;
  serve)
    need_tools; build_pkg; build_page
    say "The page is on http://localhost:8080 (Ctrl+C ends it)"
    (cd www && npm run --silent serve)
    ;;
  compress)
    need_tools; build_pkg; build_page
    say "Compressing the page's files"
    (cd www && npm run --silent compress)
    ;;
  test)
    if [ "${2-}" = --quick ]; then
      need_npm www; need_npm tests/page
      check_page
      test_logic 100
      exit
    fi
    if [ "${2-}" = consumers ]; then
      need_tools; need_browser
      build_pkg
      test_consumers
      exit
    fi
    need_tools; need_browsers
    need_npm tests/page
    if [ "${2-}" = page ]; then
      browser=${4-chromium}
      [[ $browser =~ ^(chromium|firefox|webkit)$ ]] || fail "there is no browser \"$browser\"; there are chromium, firefox and webkit"
      build_pkg; build_page
      cargo build --release --features cli --bins
      test_page "$browser" --grep "${3-}"
      exit
    fi
    [ $# -le 1 ] || fail "there are no tests \"$2\"; there are --quick, consumers and page"
    lint; build_pkg; build_page; check_page
    say "Testing the kernels and the reader of checkpoints"
    cargo test --release -p c3lrp-kernels -p c3lrp-pytorch
    test_logic 1000
    rm -rf target/page-tests
    # The command line is used by the page's tests.
    cargo build --release --features cli --bins
    engine="src crates examples docs/methods/bird.png tests/engine tests/house tests/reference tests/bench tests/pytorch-fixtures www/public www/src/words"
    page="www src crates tests/page pkg"
    ring engine 8 "$engine" test_engine
    ring chromium 20 "$page" test_page chromium
    ring full 7 "$page" test_page full --no-deps
    ring firefox 14 "$page" test_page firefox
    ring webkit 16 "$page" test_page webkit
    ring consumers 6 "src crates pkg tests/consumers" test_consumers
    # The same inputs each time, as far as ten seconds reach.
    fuzz_seed=1 fuzz_corpus=tested ring fuzz 12 "src crates fuzz tests/engine/allocation.rs" fuzz 10
    [ "$(uname -m)" != x86_64 ] || {
      ring sanitizer 2 crates sanitize 150
      ring arm 3 crates test_arm
      ring processors 10 "$engine" test_processors
    }
    say "How long each step took"
    printf '%s\n' "${steps[@]}"
    [ ${#unrun[@]} = 0 ] || echo "NOT RUN, since their time was not left: ${unrun[*]}. The next run takes them up."
    ;;
  sanitize)
    need_tools
    sanitize "${ROUNDS-2000}"
    ;;
  audit)
    need_tools
    deny=target/tools/bin/cargo-deny
    need_cargo_tool cargo-deny $deny_version
    say "Licences, sources and duplicates of the crates"
    $deny check licenses bans sources
    say "Known vulnerabilities of the crates"
    if $deny fetch db; then $deny check advisories
    else echo "The database of advisories could not be fetched, so that this is not checked; the rest is. Run it again with a network."; fi
    check_api
    say "The crates, as they are packed for their registry"
    cargo package --quiet --workspace --exclude c3lrp-bindgen --exclude c3lrp-fuzz --no-verify --allow-dirty
    find target/package -maxdepth 1 -name '*.crate' -size +10M | grep . && fail "a crate is larger than the 10 MB that the registry takes"
    say "npm packages, by the lock files"
    node supply/lockfiles.mjs
    ;;
  fuzz)
    need_tools
    fuzz "${2-60}" "${@:3}"
    ;;
  parity)
    need_tools; need_browser
    need_npm tests/page
    build_pkg; build_page
    say "Comparing every method with its oracle"
    {
      cargo test --release --features cli --test engine -- --nocapture --test-threads 1 parity:: rules::
      (cd tests/page && npm test --silent -- parity.test.ts)
    } | tee target/parity.txt
    node tests/reference/parity.mjs <target/parity.txt
    ;;
  networks)
    need_tools; need_browser
    build_pkg
    cargo build --release --features cli --example networks
    need_npm tests/bench
    need_python networks tests/reference/requirements.txt
    say "Making the networks"
    target/networks/python/bin/python tests/bench/networks.py target/networks/files
    say "Comparing every network with PyTorch"
    node tests/bench/networks.mjs
    ;;
  soak)
    need_tools; need_browser
    need_npm tests/page
    build_pkg; build_page
    cargo build --release --features cli --bins
    say "A long session"
    (cd tests/page && SOAK=500 npm test --silent -- soak.test.ts --project full --no-deps)
    ;;
  bench)
    part=${2-all}
    [[ $part =~ ^(all|batches|birds|live|memory|native|opening|questions|rise|speed)$ ]] || fail "there is no benchmark \"$part\"; there are batches, birds, live, memory, native, opening, questions, rise and speed"
    need_tools; need_browser
    build_pkg; build_page
    cargo build --release --features cli --bins --example native
    need_npm tests/bench
    wanted() { [ "$part" = all ] || [ "$part" = "$1" ]; }
    if wanted birds; then say "Measuring where the relevance lies"; node tests/bench/birds.mjs; fi
    if wanted opening; then say "Measuring how the page opens"; node tests/bench/opening.mjs; fi
    if wanted questions; then say "Measuring what questions cost"; node tests/bench/questions.mjs; fi
    if wanted batches; then say "Measuring one worker and two"; node tests/bench/batches.mjs; fi
    if wanted live; then say "Measuring the camera and the brush"; node tests/bench/live.mjs; fi
    if wanted rise; then say "Measuring RISE"; node tests/bench/rise.mjs; fi
    if wanted memory; then say "Measuring memory"; node tests/bench/memory.mjs; fi
    wanted native || wanted speed || exit 0
    # PyTorch is compared directly; the others read ONNX, which Python writes.
    need_python bench tests/bench/requirements.txt
    export PYTHON=$PWD/target/bench/python/bin/python
    if wanted native; then say "Measuring beside PyTorch"; node tests/bench/native.mjs; fi
    if wanted speed; then say "Measuring speed"; node tests/bench/speed.mjs; fi
    ;;
  *) echo "$usage" >&2; exit 2 ;;
esac
