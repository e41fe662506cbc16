let () =
  let n = Scanf.scanf " %d" Fun.id in
  let values = List.init n (fun _ -> Scanf.scanf " %d" Fun.id) in
  let line = Scanf.scanf " %[^\n]" Fun.id in
  Printf.printf "%d\n%s\n" (List.fold_left ( + ) 0 values) line
