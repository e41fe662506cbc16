main :: IO ()
main = do
  n <- readLn
  values <- map read . take n . words <$> getLine
  print (sum values :: Integer)
  getLine >>= putStrLn
