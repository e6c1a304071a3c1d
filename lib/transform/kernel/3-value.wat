;; Any JSON value, with no space before it. What it is nested in stands in $kinds, a bit for each of at most 64 objects
;; (1) and arrays (0), the innermost one lowest; DEPTH_MAX of ../json-skip.ts is as many.

(func $skipValue (param $at i32) (result i32)
  (local $byte i32)
  (local $depth i32)
  (local $kinds i64)
  (block $no
    (loop $values
      (block $ended
        (local.set $byte (i32.load8_u (local.get $at)))
        (if (i32.eq (local.get $byte) (i32.const 0x22)) ;; quote
          (then
            (br_if $ended (local.tee $at (call $skipString (i32.add (local.get $at) (i32.const 1)))))
            (br $no)))
        (if (i32.le_u (local.get $byte) (i32.const 0x39)) ;; 9
          (then
            (br_if $ended (local.tee $at (call $skipNumber (local.get $at))))
            (br $no)))
        (if (i32.eq (i32.and (local.get $byte) (i32.const 0xdf)) (i32.const 0x5b)) ;; [ {
          (then
            (br_if $no (i32.eq (local.get $depth) (i32.const 64)))
            (local.set $depth (i32.add (local.get $depth) (i32.const 1)))
            (local.set $kinds
              (i64.or
                (i64.shl (local.get $kinds) (i64.const 1))
                (i64.extend_i32_u (i32.eq (local.get $byte) (i32.const 0x7b))))) ;; {
            (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
            (br_if $ended (call $isClosing (local.get $at) (local.get $kinds)))
            (br_if $values (local.tee $at (call $skipKey (local.get $at) (local.get $kinds))))
            (br $no)))
        (br_if $no (i32.eqz (local.tee $at (call $skipLiteral (local.get $at))))))
      ;; Behind a value, or before what closes an empty object or array.
      (loop $ends
        (if (i32.eqz (local.get $depth)) (then (return (local.get $at))))
        (local.set $at (call $skipSpace (local.get $at)))
        (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2c)) ;; ,
          (then
            (local.set $at (call $skipSpace (i32.add (local.get $at) (i32.const 1))))
            (br_if $values (local.tee $at (call $skipKey (local.get $at) (local.get $kinds))))
            (br $no)))
        (br_if $no (i32.eqz (call $isClosing (local.get $at) (local.get $kinds))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (local.set $depth (i32.sub (local.get $depth) (i32.const 1)))
        (local.set $kinds (i64.shr_u (local.get $kinds) (i64.const 1)))
        (br $ends))))
  (i32.const 0))

;; Whether the innermost object or array ends here.
(func $isClosing (param $at i32) (param $kinds i64) (result i32)
  (i32.eq
    (i32.load8_u (local.get $at))
    (select (i32.const 0x7d) (i32.const 0x5d) (i32.wrap_i64 (i64.and (local.get $kinds) (i64.const 1)))))) ;; } ]

;; In an object a key and its colon; in an array nothing.
(func $skipKey (param $at i32) (param $kinds i64) (result i32)
  (if (i64.eqz (i64.and (local.get $kinds) (i64.const 1))) (then (return (local.get $at))))
  (block $no
    (br_if $no (i32.ne (i32.load8_u (local.get $at)) (i32.const 0x22))) ;; quote
    (br_if $no (i32.eqz (local.tee $at (call $skipString (i32.add (local.get $at) (i32.const 1))))))
    (return (call $skipColon (local.get $at))))
  (i32.const 0))

;; The words as numbers: their last letter is the highest byte.
(func $skipLiteral (param $at i32) (result i32)
  (local $word i32)
  (local.set $word (i32.load (local.get $at)))
  (if (i32.or
        (i32.eq (local.get $word) (i32.const 0x65757274)) ;; true
        (i32.eq (local.get $word) (i32.const 0x6c6c756e))) ;; null
    (then (return (i32.add (local.get $at) (i32.const 4)))))
  (if (i32.and
        (i32.eq (local.get $word) (i32.const 0x736c6166)) ;; fals
        (i32.eq (i32.load8_u offset=4 (local.get $at)) (i32.const 0x65))) ;; e
    (then (return (i32.add (local.get $at) (i32.const 5)))))
  (i32.const 0))

(func $skipNumber (param $at i32) (result i32)
  (local $byte i32)
  (block $no
    (br_if $no (i32.eqz (local.tee $at (call $skipInteger (local.get $at)))))
    (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2e)) ;; .
      (then (br_if $no (i32.eqz (local.tee $at (call $skipDigits (i32.add (local.get $at) (i32.const 1))))))))
    (if (i32.ne (i32.or (i32.load8_u (local.get $at)) (i32.const 0x20)) (i32.const 0x65)) ;; e E
      (then (return (local.get $at))))
    (local.set $at (i32.add (local.get $at) (i32.const 1)))
    (local.set $byte (i32.load8_u (local.get $at)))
    (if (i32.or (i32.eq (local.get $byte) (i32.const 0x2b)) (i32.eq (local.get $byte) (i32.const 0x2d))) ;; + -
      (then (local.set $at (i32.add (local.get $at) (i32.const 1)))))
    (return (call $skipDigits (local.get $at))))
  (i32.const 0))

(func $skipInteger (param $at i32) (result i32)
  (local.set $at (i32.add (local.get $at) (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x2d)))) ;; -
  (if (i32.eq (i32.load8_u (local.get $at)) (i32.const 0x30)) ;; 0
    (then (return (i32.add (local.get $at) (i32.const 1)))))
  (call $skipDigits (local.get $at)))

(func $skipDigits (param $from i32) (result i32)
  (local $at i32)
  (local $count i32)
  (local.set $at (local.get $from))
  (loop $more
    (local.set $count
      (call $leading (call $areBetween (v128.load (local.get $at)) (i32.const 0x30) (i32.const 9)))) ;; 0 to 9
    (local.set $at (i32.add (local.get $at) (local.get $count)))
    (br_if $more (i32.eq (local.get $count) (i32.const 16))))
  (select (local.get $at) (i32.const 0) (i32.ne (local.get $at) (local.get $from))))
