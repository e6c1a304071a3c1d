;; Strings and space.

;; From behind the opening quote to behind the closing one.
(func $skipString (param $at i32) (result i32)
  (local $byte i32)
  (block $no
    (loop $more
      (local.set $at (call $skipPlain (local.get $at)))
      (local.set $byte (i32.load8_u (local.get $at)))
      (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; quote
        (then (return (i32.add (local.get $at) (i32.const 1)))))
      (br_if $no (i32.ne (local.get $byte) (i32.const 0x5c))) ;; backslash
      (br_if $more (local.tee $at (call $skipEscape (i32.add (local.get $at) (i32.const 1)))))))
  (i32.const 0))

;; To the next quote, backslash or control character: 16 bytes are compared at once.
(func $skipPlain (param $at i32) (result i32)
  (local $bytes v128)
  (local $stops i32) ;; a bit for each byte
  (loop $more
    (local.set $bytes (v128.load (local.get $at)))
    (local.set $stops
      (i8x16.bitmask
        (v128.or
          (v128.or
            (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x22))) ;; quote
            (i8x16.eq (local.get $bytes) (i8x16.splat (i32.const 0x5c)))) ;; backslash
          (i8x16.le_u (local.get $bytes) (i8x16.splat (i32.const 0x1f))))))
    (if (i32.eqz (local.get $stops))
      (then
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $more))))
  (i32.add (local.get $at) (i32.ctz (local.get $stops))))

;; From behind the backslash.
(func $skipEscape (param $at i32) (result i32)
  (local $byte i32)
  (local.set $byte (i32.load8_u (local.get $at)))
  (local.set $at (i32.add (local.get $at) (i32.const 1)))
  (if (i32.eq (local.get $byte) (i32.const 0x75)) ;; u
    (then
      (return
        (select
          (i32.add (local.get $at) (i32.const 4))
          (i32.const 0)
          (i32.ge_u (call $leadingHex (local.get $at)) (i32.const 4))))))
  (block $yes
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x22))) ;; quote
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x5c))) ;; backslash
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x2f))) ;; /
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x6e))) ;; n
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x74))) ;; t
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x72))) ;; r
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x62))) ;; b
    (br_if $yes (i32.eq (local.get $byte) (i32.const 0x66))) ;; f
    (return (i32.const 0)))
  (local.get $at))

;; How many hexadecimal digits stand here, as far as 16 bytes.
(func $leadingHex (param $at i32) (result i32)
  (local $bytes v128)
  (local.set $bytes (v128.load (local.get $at)))
  (call $leading
    (v128.or
      (call $areBetween (local.get $bytes) (i32.const 0x30) (i32.const 9)) ;; 0 to 9
      (call $areBetween ;; a to f, A to F
        (v128.or (local.get $bytes) (i8x16.splat (i32.const 0x20)))
        (i32.const 0x61)
        (i32.const 5)))))

;; Which bytes are from $first to $first + $span.
(func $areBetween (param $bytes v128) (param $first i32) (param $span i32) (result v128)
  (i8x16.le_u
    (i8x16.sub (local.get $bytes) (i8x16.splat (local.get $first)))
    (i8x16.splat (local.get $span))))

;; How many bytes from the first one on are set, at most 16.
(func $leading (param $set v128) (result i32)
  (i32.ctz (i32.xor (i8x16.bitmask (local.get $set)) (i32.const -1))))

;; The colon behind a key, with what space is around it.
(func $skipColon (param $at i32) (result i32)
  (local.set $at (call $skipSpace (local.get $at)))
  (if (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x3a)) (then (return (i32.const 0)))) ;; :
  (call $skipSpace (i32.add (local.get $at) (i32.const 1))))

(func $skipSpace (param $at i32) (result i32)
  (local $byte i32)
  (loop $more
    (local.set $byte (i32.load8_u (local.get $at)))
    (if (i32.le_u (local.get $byte) (i32.const 0x20))
      (then
        (if (call $isSpace (local.get $byte))
          (then
            (local.set $at (i32.add (local.get $at) (i32.const 1)))
            (br $more))))))
  (local.get $at))

;; Of a byte up to 0x20, whether it is tab, line feed, carriage return or space: a bit for each.
(func $isSpace (param $byte i32) (result i32)
  (i32.and
    (i32.wrap_i64 (i64.shr_u (i64.const 0x100002600) (i64.extend_i32_u (local.get $byte))))
    (i32.const 1)))
